package dev.aftercommit.crash.load;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Writes events into the outbox, in the transaction of its connection. Not thread-safe. */
final class Emitter {
    private static final String NUMBER = """
            INSERT INTO harness.aggregate AS a (type, id, events) VALUES (?, ?, ?)
            ON CONFLICT (type, id) DO UPDATE SET events = a.events + excluded.events
            RETURNING events
            """;
    private static final String INSERT = """
            INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers)
            VALUES (?, ?, ?, ?, ?::json, ?::json)
            """;
    private static final String COPY =
            "COPY outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers) FROM STDIN";

    private final Connection connection;

    Emitter(Connection connection) {
        this.connection = connection;
    }

    /** Takes the next numbers of an aggregate, and with them the lock on its counter; returns the first. */
    long nextNumber(Aggregate aggregate, int count) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NUMBER)) {
            statement.setString(1, aggregate.type());
            statement.setString(2, aggregate.id());
            statement.setLong(3, count);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1) - count + 1;
            }
        }
    }

    void insert(NewEvent event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setObject(1, event.id());
            statement.setString(2, event.aggregateType());
            statement.setString(3, event.aggregateId());
            statement.setString(4, event.eventType());
            statement.setString(5, event.payload());
            statement.setString(6, event.headers());
            statement.execute();
        }
    }

    void copy(List<NewEvent> events) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        for (NewEvent event : events) {
            byte[] line = line(event).getBytes(StandardCharsets.UTF_8);
            copy.writeToCopy(line, 0, line.length);
        }
        copy.endCopy();
    }

    private static String line(NewEvent event) {
        return String.join(
                        "\t",
                        event.id().toString(),
                        text(event.aggregateType()),
                        text(event.aggregateId()),
                        text(event.eventType()),
                        text(event.payload()),
                        text(event.headers()))
                + "\n";
    }

    private static String text(@Nullable String value) {
        return value == null ? "\\N" : value.replace("\\", "\\\\");
    }
}
