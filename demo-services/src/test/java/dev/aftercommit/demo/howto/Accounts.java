package dev.aftercommit.demo.howto;

import dev.aftercommit.producer.Outbox;
import java.util.Map;
import org.jooq.DSLContext;

record Accounts(DSLContext dsl) {
    void create(String id, String email) {
        dsl.transaction(tx -> {
            Outbox.emit(tx, new AccountCreated(id, email), Map.of("tenant", "blue"));
            tx.dsl().execute("INSERT INTO account VALUES (?)", id);
        });
    }
}
