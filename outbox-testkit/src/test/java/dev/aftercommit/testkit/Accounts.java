package dev.aftercommit.testkit;

import dev.aftercommit.localservers.Sql;
import java.util.UUID;
import javax.sql.DataSource;

/** A service that emits by plain SQL, as one in any language does. */
final class Accounts {
    private final DataSource database;

    Accounts(DataSource database) {
        this.database = database;
    }

    /** Its own table. */
    static final class Schema implements DatabaseSchema {
        @Override
        public void create(DataSource database) {
            Sql.execute(database, "CREATE TABLE account (id text PRIMARY KEY)");
        }
    }

    void create(String account, int number) {
        Sql.execute(database, "INSERT INTO account VALUES ('" + account + "'); " + insert(account, number, "NULL"));
    }

    void createWithHeaders(String account, int number, String headers) {
        Sql.execute(database, insert(account, number, "'" + headers + "'"));
    }

    /** In a transaction that fails at its end. */
    void createInVain(String account) {
        Sql.execute(database, "BEGIN; " + insert(account, 1, "NULL") + "; SELECT 1 / 0; COMMIT");
    }

    static String insert(String account, int number, String headers) {
        return "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers) VALUES ('"
                + id() + "', 'account', '" + account + "', 'AccountCreated', '{\"account\": \"" + account
                + "\", \"number\": "
                + number + "}', " + headers + ")";
    }

    /** A UUIDv7, but for its time. */
    private static String id() {
        UUID random = UUID.randomUUID();
        return new UUID((random.getMostSignificantBits() & ~0xf000L) | 0x7000L, random.getLeastSignificantBits())
                .toString();
    }
}
