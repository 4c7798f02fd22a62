package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the outbox table what is older than the replication slot and so never comes through it: exactly the rows
 * visible in the snapshot that was exported with the slot. In the order of the database's clock, which is the order of
 * an aggregate's events when its transactions wait for each other.
 */
public final class TableReader {
    private static final int FETCH_SIZE = 1_000;

    private static final String ROWS = """
            SELECT id::text, aggregate_type, aggregate_id, event_type, payload::text, headers::text, created_at
              FROM outbox.event
             WHERE pg_visible_in_snapshot(tx_id, ?::pg_snapshot)
               AND (?::uuid IS NULL
                    OR (created_at, id) > (SELECT created_at, id FROM outbox.event WHERE id = ?::uuid))
             ORDER BY created_at, id
            """;

    private final DatabaseConfig database;

    public TableReader(DatabaseConfig database) {
        this.database = database;
    }

    /**
     * Where an interrupted read goes on.
     *
     * @param eventId the last row that was published
     * @param ordinal its ordinal
     */
    public record After(UUID eventId, int ordinal) {}

    /**
     * Hands the rows to the listener, on the calling thread.
     *
     * @param snapshot a {@code pg_snapshot}
     * @param after where to go on; null for the beginning
     * @param stopped asked before each row; when true the read ends early
     * @return whether all rows were handed over
     */
    public boolean read(String snapshot, @Nullable After after, ChangeListener listener, BooleanSupplier stopped)
            throws SQLException, InterruptedException {
        try (Connection connection = database.connectForLongQueries()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            requireRow(connection, after);
            int ordinal = after == null ? 0 : after.ordinal() + 1;
            try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
                statement.setFetchSize(FETCH_SIZE);
                statement.setString(1, snapshot);
                statement.setObject(2, after == null ? null : after.eventId());
                statement.setObject(3, after == null ? null : after.eventId());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        do {
                            if (stopped.getAsBoolean()) {
                                return false;
                            }
                        } while (!listener.awaitCapacity());
                        listener.onChange(change(row, ordinal++));
                    }
                }
            }
            return true;
        }
    }

    /** Without that row the place to go on at cannot be found, and the whole table would look published. */
    private static void requireRow(Connection connection, @Nullable After after) throws SQLException {
        if (after == null) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM outbox.event WHERE id = ?::uuid")) {
            statement.setObject(1, after.eventId());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new AftercommitException(
                            ErrorCode.STREAM_MISMATCH,
                            "Event " + after.eventId()
                                    + ", the last one in the stream, is not in outbox.event any more;"
                                    + " the first publication of the table cannot go on behind it. Put its row back.");
                }
            }
        }
    }

    private static OutboxChange change(ResultSet row, int ordinal) throws SQLException {
        return new OutboxChange(
                0,
                ordinal,
                row.getTimestamp(7).toInstant(),
                new OutboxChange.Row(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)));
    }
}
