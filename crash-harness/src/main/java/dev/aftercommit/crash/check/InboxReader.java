package dev.aftercommit.crash.check;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** Reads the consumers' database: what handlers wrote, and what the consumer says of itself. */
public final class InboxReader {
    private static final String EFFECTS = """
            SELECT event_id, aggregate_type, aggregate_id, number, turn FROM effect ORDER BY aggregate_type, aggregate_id, turn, id
            """;
    private static final String HELD = """
            SELECT event_id, aggregate_type, aggregate_id, state = 'dead' FROM inbox.parked_event
             ORDER BY aggregate_type, aggregate_id, id
            """;
    private static final String CHECKPOINTS =
            "SELECT partition, \"position\" FROM inbox.checkpoint WHERE \"position\" IS NOT NULL";

    private InboxReader() {}

    public static Inbox read(DataSource database, Inbox.Discards discards) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            return new Inbox(effects(statement), held(statement), checkpoints(statement), discards);
        }
    }

    private static List<Effect> effects(Statement statement) throws SQLException {
        List<Effect> effects = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(EFFECTS)) {
            while (row.next()) {
                effects.add(new Effect(row.getObject(1, UUID.class), aggregate(row), row.getLong(4), row.getLong(5)));
            }
        }
        return effects;
    }

    private static List<HeldEvent> held(Statement statement) throws SQLException {
        List<HeldEvent> held = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(HELD)) {
            while (row.next()) {
                held.add(new HeldEvent(row.getObject(1, UUID.class), aggregate(row), row.getBoolean(4)));
            }
        }
        return held;
    }

    private static Row.Aggregate aggregate(ResultSet row) throws SQLException {
        return new Row.Aggregate(row.getString(2), row.getString(3));
    }

    private static Map<Integer, String> checkpoints(Statement statement) throws SQLException {
        Map<Integer, String> checkpoints = new HashMap<>();
        try (ResultSet row = statement.executeQuery(CHECKPOINTS)) {
            while (row.next()) {
                checkpoints.put(row.getInt(1), row.getString(2));
            }
        }
        return checkpoints;
    }
}
