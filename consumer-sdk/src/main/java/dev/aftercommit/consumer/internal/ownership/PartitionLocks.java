package dev.aftercommit.consumer.internal.ownership;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions this instance owns: advisory locks of one database session, so that they are free when the instance
 * or its connection dies. They keep instances out of each other's way; that no effect happens twice is the checkpoint's
 * duty. Used by one thread.
 */
final class PartitionLocks implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final String TRY = "SELECT pg_try_advisory_lock(?)";
    private static final String RELEASE = "SELECT pg_advisory_unlock(?)";

    private final ConsumerIdentity identity;
    private final DataSource dataSource;
    private final Set<Integer> held = new HashSet<>();
    private @Nullable Connection session;

    PartitionLocks(ConsumerIdentity identity, DataSource dataSource) {
        this.identity = identity;
        this.dataSource = dataSource;
    }

    /**
     * Takes what is free of these partitions.
     *
     * @return all partitions that are held now, also those from before
     * @throws SQLException when the session has gone, and every lock with it; the next call opens another one
     */
    Set<Integer> take(Collection<Integer> wanted) throws SQLException {
        try {
            Connection connection = session();
            try (PreparedStatement statement = connection.prepareStatement(TRY)) {
                for (int partition : wanted) {
                    if (!held.contains(partition) && ask(statement, partition)) {
                        held.add(partition);
                    }
                }
            }
            try (Statement alive = connection.createStatement()) {
                alive.execute("SELECT 1");
            }
            return Set.copyOf(held);
        } catch (SQLException e) {
            discard();
            throw e;
        }
    }

    /** Lets another instance take this partition. */
    void release(int partition) throws SQLException {
        if (session != null && held.remove(partition)) {
            try (PreparedStatement statement = session.prepareStatement(RELEASE)) {
                ask(statement, partition);
            } catch (SQLException e) {
                discard();
                throw e;
            }
        }
    }

    /** Releases everything. A session that does not answer is cut off, since a pool would hand it on with the locks. */
    @Override
    public void close() {
        try {
            for (int partition : Set.copyOf(held)) {
                release(partition);
            }
            if (session != null) {
                session.close();
                session = null;
            }
        } catch (SQLException e) {
            discard();
        }
    }

    private Connection session() throws SQLException {
        if (session == null) {
            Connection opened = dataSource.getConnection();
            session = opened;
            opened.setAutoCommit(true);
            opened.setNetworkTimeout(Runnable::run, (int) ANSWER_TIMEOUT.toMillis());
        }
        return session;
    }

    private void discard() {
        held.clear();
        Connection dead = session;
        session = null;
        if (dead != null) {
            try (dead) {
                dead.abort(Runnable::run);
            } catch (SQLException ignored) {
                return; // it is gone, which is what we want
            }
        }
    }

    private boolean ask(PreparedStatement statement, int partition) throws SQLException {
        statement.setLong(1, key(identity, partition));
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Wide enough not to meet an advisory lock of the service itself by accident. */
    private static long key(ConsumerIdentity identity, int partition) {
        String text = "aftercommit\0" + identity.consumer() + '\0' + identity.source() + '\0' + partition;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
