package dev.aftercommit.demo.howto;

import dev.aftercommit.consumer.Handles;
import dev.aftercommit.consumer.OutboxConsumer;
import javax.sql.DataSource;
import org.jooq.DSLContext;

final class Directory {
    @Handles(AccountCreated.class)
    void add(AccountCreated event, DSLContext tx) {
        tx.execute("INSERT INTO directory VALUES (?, ?)", event.id(), event.email());
    }

    static OutboxConsumer start(DataSource database, String nats, String source) {
        OutboxConsumer consumer = OutboxConsumer.builder()
                .name("directory")
                .source(source)
                .dataSource(database)
                .nats(nats)
                .handlers(new Directory())
                .build();
        consumer.start();
        return consumer;
    }
}
