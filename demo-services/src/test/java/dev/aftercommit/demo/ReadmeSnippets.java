package dev.aftercommit.demo;

import dev.aftercommit.consumer.Handles;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.producer.Outbox;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;

/** What the README shows, so that it compiles; {@link ReadmeTest} holds the two together. */
final class ReadmeSnippets {
    // readme: event
    @DomainEvent(aggregateType = "account", type = "AccountCreated")
    record AccountCreated(@AggregateId UUID userId, String username, String email) {}
    // readme: end

    static void emit(DSLContext dsl, UUID userId, String username, String password, String email) {
        // readme: emit
        dsl.transaction(tx -> {
            tx.dsl().execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", userId, username, password, email);
            Outbox.emit(tx, new AccountCreated(userId, username, email));
        });
        // readme: end
    }

    // readme: handle
    static class Directory {
        @Handles(AccountCreated.class)
        void add(AccountCreated event, DSLContext tx) {
            tx.execute("INSERT INTO directory VALUES (?, ?, ?)", event.userId(), event.username(), event.email());
        }
    }
    // readme: end

    static OutboxConsumer consume(DataSource dataSource) {
        // readme: consume
        OutboxConsumer consumer = OutboxConsumer.builder()
                .name("directory")
                .source("accounts")
                .dataSource(dataSource)
                .nats("nats://localhost:4222")
                .handlers(new Directory())
                .build();
        consumer.start();
        // readme: end
        return consumer;
    }
}
