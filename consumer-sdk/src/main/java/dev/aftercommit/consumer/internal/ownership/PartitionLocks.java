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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions this instance owns: advisory locks of one database session, so that they are free when the instance
 * or its connection dies. They keep instances out of each other's way; that no effect happens twice is the checkpoint's
 * duty. Used by one thread.
 */
final class PartitionLocks implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    /** A frozen instance asks nothing any more; its session is ended, and others take over. */
    private static final Duration FROZEN_AFTER = Duration.ofSeconds(5);

    private static final String ENTER =
            "SELECT pg_backend_pid(), set_config('idle_session_timeout', ?, false)," + " pg_advisory_lock_shared(?)";
    private static final String LEAVE = "SELECT pg_advisory_unlock_shared(?)";
    private static final String SEEN = "SELECT pid, (classid::bigint << 32) | objid::bigint FROM pg_locks"
            + " WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    private static final String TRY = "SELECT pg_try_advisory_lock(?)";
    private static final String RELEASE = "SELECT pg_advisory_unlock(?)";

    private final ConsumerIdentity identity;
    private final DataSource dataSource;
    private final long presence;
    /** By the keys of their locks. */
    private final Map<Long, Integer> partitions;

    private final Set<Integer> held = new HashSet<>();
    private int process;
    private @Nullable Connection session;

    PartitionLocks(ConsumerIdentity identity, DataSource dataSource, int count) {
        this.identity = identity;
        this.dataSource = dataSource;
        this.presence = key("instance");
        this.partitions = IntStream.range(0, count)
                .boxed()
                .collect(Collectors.toMap(partition -> key(Integer.toString(partition)), Function.identity()));
    }

    /**
     * Which instances there are, by the process that serves their session, and what each of them has: also those that have
     * nothing, this one among them.
     *
     * @throws SQLException when the session has gone, and every lock with it; the next call opens another one
     */
    Map<Integer, Set<Integer>> seen() throws SQLException {
        try {
            Map<Integer, Set<Integer>> seen = new HashMap<>();
            Connection connection = session();
            seen.put(process, new HashSet<>());
            try (PreparedStatement select = connection.prepareStatement(SEEN);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Integer partition = partitions.get(row.getLong(2));
                    if (partition != null || row.getLong(2) == presence) {
                        Set<Integer> its = seen.computeIfAbsent(row.getInt(1), one -> new HashSet<>());
                        if (partition != null) {
                            its.add(partition);
                        }
                    }
                }
            }
            return seen;
        } catch (SQLException e) {
            discard();
            throw e;
        }
    }

    /** This instance among those that are {@linkplain #seen seen}. */
    int me() {
        return process;
    }

    Set<Integer> held() {
        return Set.copyOf(held);
    }

    /**
     * Takes as many of these partitions as it can get, and no more than so many.
     *
     * @throws SQLException when the session has gone, and every lock with it; the next call opens another one
     */
    void take(Collection<Integer> free, int most) throws SQLException {
        int taken = 0;
        try (PreparedStatement statement = session().prepareStatement(TRY)) {
            for (int partition : free) {
                if (taken < most && ask(statement, partition)) {
                    held.add(partition);
                    taken++;
                }
            }
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
                leave(session);
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
            process = enter(opened);
        }
        return session;
    }

    /** From then on the others see it, until the session ends: with the instance, or soon after that was frozen. */
    private int enter(Connection opened) throws SQLException {
        try (PreparedStatement statement = opened.prepareStatement(ENTER)) {
            statement.setString(1, Long.toString(FROZEN_AFTER.toMillis()));
            statement.setLong(2, presence);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private void leave(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEAVE)) {
            statement.setLong(1, presence);
            statement.executeQuery().close();
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("RESET idle_session_timeout");
        }
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
        statement.setLong(1, key(Integer.toString(partition)));
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Wide enough not to meet an advisory lock of the service itself by accident. */
    private long key(String what) {
        String text = "aftercommit\0" + identity.consumer() + '\0' + identity.source() + '\0' + what;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
