package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of one consumer and source in {@code inbox.checkpoint}. */
public record CheckpointTable(ConsumerIdentity identity) {
    /** Then the server stops to wait for another's lock, so that a wait is not taken for silence. */
    private static final int BUSY_AFTER_SECONDS = 10;

    private static final String QUERY_CANCELED = "57014";

    /** In the place of a partition: the one checkpoint of a parallel consumer. */
    public static final int ALL_PARTITIONS = -1;

    private static final String LOAD = "SELECT stream_sequence, stream_identity, history, branch, position, event_id,"
            + " coalesce(accepted_sequence, 0), coalesce(start_request, 0) FROM inbox.checkpoint"
            + " WHERE consumer = ? AND source = ? AND partition = ?";
    private static final String STREAMS =
            "SELECT DISTINCT stream_identity FROM inbox.checkpoint" + " WHERE consumer = ? AND source = ?";
    private static final String INSERT = "INSERT INTO inbox.checkpoint"
            + " (stream_sequence, stream_identity, history, branch, position, event_id, consumer, source, partition)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String SET = "INSERT INTO inbox.checkpoint"
            + " (stream_sequence, stream_identity, history, branch, position, event_id, start_request, consumer, source,"
            + " partition) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, number FROM generate_series(?, ?) AS number"
            + " ON CONFLICT (consumer, source, partition) DO UPDATE SET stream_sequence = excluded.stream_sequence,"
            + " stream_identity = excluded.stream_identity, history = excluded.history, branch = excluded.branch,"
            + " position = excluded.position, event_id = excluded.event_id,"
            + " start_request = excluded.start_request, updated_at = now(), accepted_sequence = NULL";
    private static final String DELETE_OTHERS =
            "DELETE FROM inbox.checkpoint WHERE consumer = ? AND source = ? AND partition NOT BETWEEN ? AND ?";
    private static final String IN_ANOTHER_WAY = "SELECT EXISTS (SELECT FROM inbox.checkpoint"
            + " WHERE consumer = ? AND source = ? AND (partition = " + ALL_PARTITIONS + ") <> ?)";
    private static final String OTHER_HISTORY =
            "SELECT count(*) FROM inbox.checkpoint" + " WHERE consumer = ? AND source = ? AND history <> ?::uuid";
    private static final String STILL = " WHERE consumer = ? AND source = ? AND partition = ?"
            + " AND stream_sequence = ? AND stream_identity = ? AND position IS NOT DISTINCT FROM ?"
            + " AND coalesce(start_request, 0) = ?";
    private static final String UPDATE = "UPDATE inbox.checkpoint"
            + " SET stream_sequence = ?, stream_identity = ?, history = ?, branch = ?, position = ?, event_id = ?,"
            + " updated_at = now(), accepted_sequence = CASE WHEN stream_identity = ?"
            + " THEN greatest(accepted_sequence, ?::bigint) ELSE ?::bigint END"
            + STILL;
    private static final String UPDATE_IN = UPDATE + " AND pg_current_xact_id_if_assigned() = ?::xid8";
    private static final String LOCK =
            "SELECT pg_current_xact_id()::text, set_config('idle_in_transaction_session_timeout', ?, true)"
                    + " FROM inbox.checkpoint" + STILL + " FOR UPDATE";

    /** The checkpoint of a partition; null before its first event. */
    @Nullable
    public Checkpoint load(Connection connection, int partition) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOAD)) {
            select.setString(1, identity.consumer());
            select.setString(2, identity.source());
            select.setInt(3, partition);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                StreamIdentity stream = new StreamIdentity(
                        row.getString(2), row.getObject(3, UUID.class), row.getObject(4, UUID.class));
                String position = row.getString(5);
                return new Checkpoint(
                        row.getLong(1),
                        stream,
                        position == null ? null : OutboxPosition.parse(position),
                        row.getObject(6, UUID.class),
                        row.getLong(7),
                        row.getLong(8));
            }
        }
    }

    /** Every stream that a checkpoint belongs to. */
    public List<String> streams(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(STREAMS)) {
            select.setString(1, identity.consumer());
            select.setString(2, identity.source());
            List<String> streams = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    streams.add(row.getString(1));
                }
            }
            return streams;
        }
    }

    /**
     * Locks the checkpoint for the running transaction, if it is still where {@code from} says: another owner waits for this
     * transaction and then finds that it has lost.
     *
     * @param idle how long the transaction may be idle before the database ends it
     * @return the transaction; null when somebody else has moved the checkpoint
     * @throws CheckpointBusyException when the other one takes too long
     */
    @Nullable
    public String lock(Connection connection, int partition, Checkpoint from, Duration idle) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK)) {
            select.setQueryTimeout(BUSY_AFTER_SECONDS);
            select.setString(1, Long.toString(idle.toMillis()));
            setStill(select, 2, partition, from);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        } catch (SQLException e) {
            throw busy(partition, e);
        }
    }

    /**
     * Moves the checkpoint that was locked.
     *
     * @param transaction in which it was
     * @return false when that is not the running transaction any more
     */
    public boolean moveLocked(Connection connection, int partition, Checkpoint from, Checkpoint to, String transaction)
            throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(UPDATE_IN)) {
            int next = setStill(write, setAccepted(write, setTo(write, to), to), partition, from);
            write.setString(next, transaction);
            return write.executeUpdate() == 1;
        }
    }

    /**
     * Moves the checkpoint in the running transaction, if it is still where {@code from} says. After that the row is
     * locked: another owner waits for this transaction and then finds that it has lost.
     *
     * @return false when somebody else has moved it
     * @throws CheckpointBusyException when the other one takes too long
     */
    public boolean move(Connection connection, int partition, @Nullable Checkpoint from, Checkpoint to)
            throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(from == null ? INSERT : UPDATE)) {
            write.setQueryTimeout(BUSY_AFTER_SECONDS);
            int next = setTo(write, to);
            if (from == null) {
                setPartition(write, next, partition);
            } else {
                setStill(write, setAccepted(write, next, to), partition, from);
            }
            return write.executeUpdate() == 1;
        } catch (SQLException e) {
            throw busy(partition, e);
        }
    }

    /** Sets the checkpoints of these partitions, wherever they are, as a request wants it; in a transaction. */
    public void set(Connection connection, PartitionRange partitions, Checkpoint to) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(SET)) {
            int next = setTo(write, to);
            write.setLong(next, to.start());
            setRange(write, next + 1, partitions);
            write.executeUpdate();
        }
        try (PreparedStatement delete = connection.prepareStatement(DELETE_OTHERS)) {
            setRange(delete, 1, partitions);
            delete.executeUpdate();
        }
    }

    /** Whether there are checkpoints of a consumer that handles events in the other way: in order, or in parallel. */
    public boolean areOfAnotherWay(Connection connection, boolean inParallel) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(IN_ANOTHER_WAY)) {
            select.setString(1, identity.consumer());
            select.setString(2, identity.source());
            select.setBoolean(3, inParallel);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Whether one of them belongs to another history than this stream's, as far as both say so. */
    public boolean areOfAnotherHistory(Connection connection, StreamIdentity stream) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(OTHER_HISTORY)) {
            select.setString(1, identity.consumer());
            select.setString(2, identity.source());
            select.setObject(3, stream.history(), Types.OTHER);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1) > 0;
            }
        }
    }

    private static SQLException busy(int partition, SQLException e) {
        return QUERY_CANCELED.equals(e.getSQLState()) ? new CheckpointBusyException(partition, e) : e;
    }

    private static int setTo(PreparedStatement statement, Checkpoint to) throws SQLException {
        statement.setLong(1, to.sequence());
        statement.setString(2, to.stream().stream());
        statement.setObject(3, to.stream().history(), Types.OTHER);
        statement.setObject(4, to.stream().branch(), Types.OTHER);
        statement.setString(5, text(to.position()));
        statement.setObject(6, to.eventId(), Types.OTHER);
        return 7;
    }

    /** What an operator has accepted meanwhile stays so. */
    private static int setAccepted(PreparedStatement statement, int first, Checkpoint to) throws SQLException {
        Long accepted = to.accepted() == 0 ? null : to.accepted();
        statement.setString(first, to.stream().stream());
        statement.setObject(first + 1, accepted, Types.BIGINT);
        statement.setObject(first + 2, accepted, Types.BIGINT);
        return first + 3;
    }

    private int setStill(PreparedStatement statement, int first, int partition, Checkpoint from) throws SQLException {
        int next = setPartition(statement, first, partition);
        statement.setLong(next, from.sequence());
        statement.setString(next + 1, from.stream().stream());
        statement.setString(next + 2, text(from.position()));
        statement.setLong(next + 3, from.start());
        return next + 4;
    }

    private int setPartition(PreparedStatement statement, int first, int partition) throws SQLException {
        statement.setString(first, identity.consumer());
        statement.setString(first + 1, identity.source());
        statement.setInt(first + 2, partition);
        return first + 3;
    }

    private void setRange(PreparedStatement statement, int first, PartitionRange partitions) throws SQLException {
        statement.setInt(setPartition(statement, first, partitions.first()), partitions.last());
    }

    private static @Nullable String text(@Nullable OutboxPosition position) {
        return position == null ? null : position.toString();
    }
}
