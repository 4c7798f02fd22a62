package dev.aftercommit.relay.postgres;

import dev.aftercommit.relay.failure.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names what the creation of a slot waits for: transactions that were open before, prepared ones among them. */
final class OldTransactions {
    private static final Logger LOG = LoggerFactory.getLogger(OldTransactions.class);
    private static final Duration FIRST_WORD = Duration.ofSeconds(3);
    private static final Duration NEXT_WORD = Duration.ofSeconds(30);
    private static final Duration LAST_WORD = Duration.ofSeconds(5);

    /** Of other roles' sessions the relay's own sees the transaction's id, but not since when it is open. */
    private static final String OLDEST = """
            SELECT string_agg(who, '; ')
              FROM (SELECT who
                      FROM (SELECT format('process %s of user %s (%s)', pid, usename,
                                          COALESCE(NULLIF(application_name, ''), 'no application name'))
                                       || COALESCE(', open since ' || xact_start, '') AS who,
                                   age(backend_xid) AS age
                              FROM pg_stat_activity
                             WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                             UNION ALL
                            SELECT format('prepared transaction ''%s'' of %s', gid, prepared), age(transaction)
                              FROM pg_prepared_xacts) AS waiting
                     ORDER BY age DESC
                     LIMIT 5) AS oldest
            """;

    private OldTransactions() {}

    /** Until it is closed, a thread says now and then what is waited for. */
    static Watch watch(Database database, Consumer<String> waits) {
        Thread thread = Thread.ofVirtual().name("old-transactions").start(() -> tell(database, waits));
        return () -> {
            thread.interrupt();
            try {
                thread.join(LAST_WORD);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Says nothing any more once it is closed. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    private static void tell(Database database, Consumer<String> waits) {
        Duration pause = FIRST_WORD;
        try {
            while (true) {
                Thread.sleep(pause);
                pause = NEXT_WORD;
                try (Connection connection = database.connect();
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(OLDEST)) {
                    row.next();
                    if (row.getString(1) != null) {
                        waits.accept(
                                "The replication slot can be made when older transactions have ended: "
                                        + row.getString(1)
                                        + ". End them (SELECT pg_terminate_backend(...), ROLLBACK PREPARED ...) to go on sooner.");
                    }
                } catch (SQLException e) {
                    LOG.debug("What is waited for cannot be asked: {}", Reason.of(e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
