package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.internal.attempt.DatabaseWork;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every hour empties the partitions of {@code inbox.processed_event} that nobody needs any more, of all consumers of this
 * database. On a thread of its own, since to look through them may take long. Used by one thread.
 */
final class Forgetting {
    private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final String READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
    private static final String FORGET = "SELECT inbox.forget_processed_events(interval '7 days')";

    private final ConsumerConfig config;
    private Thread thread = Thread.ofVirtual().unstarted(() -> {});
    private long dueAt = System.nanoTime();

    Forgetting(ConsumerConfig config) {
        this.config = config;
    }

    /** Begins if it is time, and the last time has come to its end. */
    void ifDue() {
        if (System.nanoTime() - dueAt < 0 || thread.isAlive()) {
            return;
        }
        dueAt = System.nanoTime() + EVERY.toNanos();
        thread = Thread.ofVirtual()
                .name("aftercommit-" + config.identity().consumer() + "-forgetting")
                .start(this::forget);
    }

    private void forget() {
        try {
            List<String> forgotten = DatabaseWork.inTransaction(config.dataSource(), Forgetting::forget);
            LOG.debug("Consumer {}: forgot what is in {}", config.identity(), forgotten);
        } catch (SQLException e) {
            LOG.warn(
                    "Consumer {}: inbox.processed_event keeps growing, since what is old cannot be forgotten: {}",
                    config.identity(),
                    e.getMessage());
        }
    }

    private static List<String> forget(Connection connection) throws SQLException {
        try (Statement isolation = connection.createStatement()) {
            isolation.execute(READ_COMMITTED);
        }
        try (PreparedStatement forget = connection.prepareStatement(FORGET);
                ResultSet row = forget.executeQuery()) {
            List<String> forgotten = new ArrayList<>();
            while (row.next()) {
                forgotten.add(row.getString(1));
            }
            return forgotten;
        }
    }
}
