package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one parallel consumer and source in {@code inbox.processed_event}: which events behind the checkpoint are
 * handled. An event is locked first and noted last: a second instance leaves it before its handler has done anything, and
 * a handler that ends the transaction does not take the note along.
 */
public record ProcessedTable(ConsumerIdentity identity) {
    private static final long MILLIS_OF_DAY = 86_400_000;
    private static final int BUCKETS = 16;

    private static final String LOCK = "SELECT pg_current_xact_id()::text,"
            + " set_config('idle_in_transaction_session_timeout', ?, true), pg_try_advisory_xact_lock(hashtextextended("
            + "concat_ws(E'\\n', 'aftercommit event', ?::text, ?::text, ?::text), 0))";
    private static final String KNOWN = "SELECT EXISTS (SELECT FROM inbox.processed_event"
            + " WHERE consumer = ? AND source = ? AND event_id = ? AND bucket = %d)"
            + " OR EXISTS (SELECT FROM inbox.checkpoint WHERE consumer = ? AND source = ? AND partition = "
            + CheckpointTable.ALL_PARTITIONS + " AND position >= ? COLLATE \"C\")";
    private static final String ADD = "INSERT INTO inbox.processed_event"
            + " (consumer, source, event_id, bucket, position) SELECT ?, ?, id, inbox.bucket_of(id), ?"
            + " FROM (VALUES (?::uuid)) event (id) WHERE pg_current_xact_id_if_assigned() = ?::xid8";
    private static final String FORGET_FROM =
            "DELETE FROM inbox.processed_event WHERE consumer = ? AND source = ? AND position >= ?";
    private static final String FORGET_ALL = "DELETE FROM inbox.processed_event WHERE consumer = ? AND source = ?";

    /**
     * Locks an event until the running transaction ends.
     *
     * @param idle how long the transaction may be idle before the database ends it
     * @return the transaction; null when somebody else has the event
     */
    @Nullable
    public String lock(Connection connection, UUID eventId, Duration idle) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK)) {
            select.setString(1, Long.toString(idle.toMillis()));
            setOurs(select, 2);
            select.setString(4, eventId.toString());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(3) ? row.getString(1) : null;
            }
        }
    }

    /** Whether an event was handled or parked: it is noted, or at or before the checkpoint. */
    public boolean knows(Connection connection, UUID eventId, OutboxPosition position) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(KNOWN.formatted(bucketOf(eventId)))) {
            setOurs(select, 1);
            select.setObject(3, eventId);
            setOurs(select, 4);
            select.setString(6, position.toString());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /**
     * As {@code inbox.bucket_of}. The statement names it, since PostgreSQL would lock all partitions for one whose plan it
     * keeps, and then none could be emptied while any handler runs.
     */
    private static long bucketOf(UUID eventId) {
        return (eventId.getMostSignificantBits() >>> 16) / MILLIS_OF_DAY % BUCKETS;
    }

    /**
     * Notes an event that was locked.
     *
     * @param transaction in which it was
     * @return false when that is not the running transaction any more
     */
    public boolean add(Connection connection, UUID eventId, OutboxPosition position, String transaction)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD)) {
            setOurs(insert, 1);
            insert.setString(3, position.toString());
            insert.setObject(4, eventId);
            insert.setString(5, transaction);
            return insert.executeUpdate() == 1;
        }
    }

    /**
     * Forgets the events from this position on, since they are to be handled again; in a transaction.
     *
     * @param position null for all of them, wherever they are
     */
    public void forgetFrom(Connection connection, @Nullable OutboxPosition position) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(position == null ? FORGET_ALL : FORGET_FROM)) {
            setOurs(delete, 1);
            if (position != null) {
                delete.setString(3, position.toString());
            }
            delete.executeUpdate();
        }
    }

    private void setOurs(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, identity.consumer());
        statement.setString(first + 1, identity.source());
    }
}
