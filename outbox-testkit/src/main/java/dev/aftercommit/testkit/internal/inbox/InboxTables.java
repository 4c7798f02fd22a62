package dev.aftercommit.testkit.internal.inbox;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.testkit.internal.inbox.InboxState.Held;
import dev.aftercommit.testkit.internal.inbox.InboxState.Reached;
import dev.aftercommit.testkit.internal.inbox.InboxState.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;

/** Reads the tables of the schema {@code inbox}, again and again on one connection. For one thread. */
public final class InboxTables implements AutoCloseable {
    private static final String REACHED =
            "SELECT consumer, partition, position FROM inbox.checkpoint WHERE source = ? AND position IS NOT NULL";
    private static final String HELD =
            "SELECT consumer, event_id, event_type, aggregate_type, aggregate_id, state, attempts,"
                    + " coalesce(error, 'no error is known') FROM inbox.parked_event WHERE source = ? ORDER BY id";

    private final Connection connection;
    private final PreparedStatement reached;
    private final PreparedStatement held;

    private InboxTables(Connection connection, String source) throws SQLException {
        this.connection = connection;
        this.reached = connection.prepareStatement(REACHED);
        this.held = connection.prepareStatement(HELD);
        reached.setString(1, source);
        held.setString(1, source);
    }

    /**
     * Connects.
     *
     * @throws IllegalStateException when the database cannot be asked; also of {@link #read()}
     */
    public static InboxTables open(DataSource database, String source) {
        try {
            return new InboxTables(database.getConnection(), source);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** What is parked is read last: an event that has just been parked is behind a checkpoint, too. */
    public InboxState read() {
        try {
            List<Reached> checkpoints = all(
                    reached,
                    row -> new Reached(row.getString(1), row.getInt(2), OutboxPosition.parse(row.getString(3))));
            return new InboxState(checkpoints, all(held, InboxTables::held));
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private static Held held(ResultSet row) throws SQLException {
        return new Held(
                row.getString(1),
                row.getObject(2, UUID.class),
                row.getString(3) + " of " + row.getString(4) + '/' + row.getString(5),
                State.valueOf(row.getString(6).toUpperCase(Locale.ROOT)),
                row.getInt(7),
                row.getString(8));
    }

    private static <T> List<T> all(PreparedStatement query, Row<T> reader) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }

    private static IllegalStateException unreadable(SQLException e) {
        return new IllegalStateException(
                "The inbox cannot be read: " + e.getMessage()
                        + " Does the database have the schema, by Migrations.inbox(dataSource).migrate()?",
                e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }
}
