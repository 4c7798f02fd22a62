package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of one consumer and source in {@code inbox.checkpoint}. */
public record CheckpointTable(ConsumerIdentity identity) {
    private static final String LOAD = "SELECT stream_sequence, stream_identity, history, branch, position, event_id,"
            + " coalesce(accepted_sequence, 0) FROM inbox.checkpoint"
            + " WHERE consumer = ? AND source = ? AND partition = ?";
    private static final String STREAMS =
            "SELECT DISTINCT stream_identity FROM inbox.checkpoint" + " WHERE consumer = ? AND source = ?";
    private static final String INSERT = "INSERT INTO inbox.checkpoint"
            + " (stream_sequence, stream_identity, history, branch, position, event_id, consumer, source, partition)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String UPDATE = "UPDATE inbox.checkpoint"
            + " SET stream_sequence = ?, stream_identity = ?, history = ?, branch = ?, position = ?, event_id = ?,"
            + " updated_at = now(), accepted_sequence = CASE WHEN stream_identity = ? THEN accepted_sequence END"
            + " WHERE consumer = ? AND source = ? AND partition = ?"
            + " AND stream_sequence = ? AND stream_identity = ? AND position IS NOT DISTINCT FROM ?";

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
                        row.getLong(7));
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
     * Moves the checkpoint in the running transaction, if it is still where {@code from} says. After that the row is
     * locked: another owner waits for this transaction and then finds that it has lost.
     *
     * @return false when somebody else has moved it
     */
    public boolean move(Connection connection, int partition, @Nullable Checkpoint from, Checkpoint to)
            throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(from == null ? INSERT : UPDATE)) {
            int next = 0;
            write.setLong(++next, to.sequence());
            write.setString(++next, to.stream().stream());
            write.setObject(++next, to.stream().history(), Types.OTHER);
            write.setObject(++next, to.stream().branch(), Types.OTHER);
            write.setString(++next, text(to.position()));
            write.setObject(++next, to.eventId(), Types.OTHER);
            if (from != null) {
                write.setString(++next, to.stream().stream());
            }
            write.setString(++next, identity.consumer());
            write.setString(++next, identity.source());
            write.setInt(++next, partition);
            if (from != null) {
                write.setLong(++next, from.sequence());
                write.setString(++next, from.stream().stream());
                write.setString(++next, text(from.position()));
            }
            return write.executeUpdate() == 1;
        }
    }

    private static @Nullable String text(@Nullable OutboxPosition position) {
        return position == null ? null : position.toString();
    }
}
