package dev.aftercommit.benchmarks;

import java.sql.SQLException;

/**
 * Committed events that wait in the WAL, and that can be drained again and again: they are loaded once behind a base
 * slot, of which each run gets a copy.
 */
final class Backlog {
    static final String RELAY_SLOT = "outbox";
    private static final String BASE_SLOT = "base";
    private static final int ROWS_A_TRANSACTION = 10;

    private final Servers servers;

    Backlog(Servers servers) {
        this.servers = servers;
    }

    /** Loads the events behind the relay's slot, which must exist and be in use by nobody. */
    void load(int events) throws SQLException {
        copySlot(RELAY_SLOT, BASE_SLOT);
        servers.sql(
                "CREATE TABLE public.journal_before AS TABLE outbox.journal",
                "CREATE TABLE public.history_before AS TABLE outbox.history",
                "SET synchronous_commit = off",
                insertion(events / ROWS_A_TRANSACTION, ROWS_A_TRANSACTION),
                "SET synchronous_commit = on",
                // Like any older backlog: analyzed, its transactions' fate noted in the rows, all of it on disk.
                "VACUUM ANALYZE outbox.event",
                "CHECKPOINT");
    }

    /** Inserts events for a relay that runs. */
    void insert(int events) throws SQLException {
        servers.sql("SET synchronous_commit = off", insertion(events / ROWS_A_TRANSACTION, ROWS_A_TRANSACTION));
    }

    /** Payloads of 300 bytes, give or take the digits of a number. */
    private static String insertion(int transactions, int rows) {
        return """
                DO $$
                BEGIN
                    FOR tx IN 0 .. %1$d - 1 LOOP
                        INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
                        SELECT uuidv7(), 'account', 'account-' || n %% 10000, 'AccountTouched',
                               json_build_object('account', 'account-' || n %% 10000, 'run', 0, 'number', n,
                                                 'text', repeat('x', 230))
                          FROM generate_series(tx * %2$d, tx * %2$d + %2$d - 1) AS n;
                        COMMIT;
                    END LOOP;
                END
                $$
                """.formatted(transactions, rows);
    }

    /** Puts a slot before the first of the events; if it is the relay's, the journal knows none of them. */
    void rewind(String slot) throws SQLException {
        dropSlot(slot);
        copySlot(BASE_SLOT, slot);
        if (slot.equals(RELAY_SLOT)) {
            servers.sql(
                    "TRUNCATE outbox.journal",
                    "INSERT INTO outbox.journal SELECT * FROM public.journal_before",
                    "DELETE FROM outbox.history",
                    "INSERT INTO outbox.history SELECT * FROM public.history_before");
        }
    }

    /** Makes the relay forget that it ever ran, so that its next start takes the events from the table. */
    void forgetRelay() throws SQLException {
        dropSlot(RELAY_SLOT);
        servers.sql(
                "TRUNCATE outbox.journal",
                "DELETE FROM outbox.epoch",
                "UPDATE outbox.history SET stream_config = NULL, stream_first = NULL, stream_holes = NULL, publication = NULL");
    }

    void dropSlot(String slot) throws SQLException {
        servers.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + slot
                + "'");
    }

    private void copySlot(String from, String to) throws SQLException {
        servers.sql("SELECT pg_copy_logical_replication_slot('" + from + "', '" + to + "')");
    }
}
