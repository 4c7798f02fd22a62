package dev.aftercommit.demo.howto;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aftercommit.testkit.OutboxTest;
import dev.aftercommit.testkit.TestOutbox;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Tables.class)
class AccountsIT {
    @Test
    void anAccountIsTold(DataSource database, TestOutbox outbox) {
        Accounts accounts = new Accounts(DSL.using(database, SQLDialect.POSTGRES));

        outbox.emitted(() -> accounts.create("1", "anna@example.org"))
                .containsExactly(new AccountCreated("1", "anna@example.org"))
                .element(0)
                .hasHeader("tenant", "blue");

        outbox.emitted(() -> assertThrows(
                        IntegrityConstraintViolationException.class, () -> accounts.create("1", "bob@example.org")))
                .isEmpty();
    }
}
