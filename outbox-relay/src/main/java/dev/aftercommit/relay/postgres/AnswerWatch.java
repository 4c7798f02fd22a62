package dev.aftercommit.relay.postgres;

import dev.aftercommit.relay.failure.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off whoever waits for an answer that will never come. A query may take an hour, so the time that it takes tells
 * nothing: another connection asks whether PostgreSQL still works on it.
 */
final class AnswerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerWatch.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** An answer that was sent is here within the patience, however long it took to find it. */
    private static final String IS_AT_WORK = """
            SELECT FROM pg_stat_activity
             WHERE pid = ? AND (state = 'active' OR state_change > clock_timestamp() - ? * interval '1 millisecond')
            """;

    private final Database database;
    private final Connection watched;
    private final Duration patience;
    private final int pid;
    private final Thread thread;
    /** When the wait began, as {@link System#nanoTime()} has it; 0 while nobody waits. */
    private volatile long waitingSince;

    private AnswerWatch(Database database, Connection watched, Duration patience) throws SQLException {
        this.database = database;
        this.watched = watched;
        this.patience = patience;
        this.pid = watched.unwrap(PGConnection.class).getBackendPID();
        this.thread = Thread.ofVirtual().name("answer-watch").unstarted(this::look);
    }

    /** Watches a connection until the watch is closed. */
    static AnswerWatch over(Database database, Connection watched) throws SQLException {
        return over(database, watched, PATIENCE);
    }

    static AnswerWatch over(Database database, Connection watched, Duration patience) throws SQLException {
        AnswerWatch watch = new AnswerWatch(database, watched, patience);
        watch.thread.start();
        return watch;
    }

    /** Somebody waits for an answer from here on. */
    void waits() {
        waitingSince = System.nanoTime() | 1;
    }

    /** The answer is there. */
    void isAnswered() {
        waitingSince = 0;
    }

    boolean isWaiting() {
        return waitingSince != 0;
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(patience.toMillis() / 4);
                long since = waitingSince;
                boolean isLong = since != 0 && System.nanoTime() - since > patience.toNanos();
                if (isLong && !isAtWork() && since == waitingSince) {
                    LOG.warn(
                            "A query has no answer, and PostgreSQL does not work on it any more: the connection is closed");
                    watched.abort(Runnable::run);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.debug("A connection could not be cut off: {}", Reason.of(e));
        }
    }

    /** Also when that cannot be asked: then others notice. */
    private boolean isAtWork() {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(IS_AT_WORK)) {
            statement.setInt(1, pid);
            statement.setLong(2, patience.toMillis());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            LOG.debug("What a query is doing cannot be asked: {}", Reason.of(e));
            return true;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
