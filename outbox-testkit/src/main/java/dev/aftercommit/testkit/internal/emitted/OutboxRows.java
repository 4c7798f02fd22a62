package dev.aftercommit.testkit.internal.emitted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.testkit.EmittedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the table {@code outbox.event}. */
public final class OutboxRows {
    /** Rows of one INSERT may have the same time, but not the same place. */
    private static final String ROWS =
            "SELECT id, aggregate_type, aggregate_id, event_type, payload::text, headers::text FROM outbox.event"
                    + " ORDER BY created_at, ctid";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<TreeMap<String, String>> STRINGS = new TypeReference<>() {};

    private final DataSource database;

    public OutboxRows(DataSource database) {
        this.database = database;
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    public List<EmittedEvent> read() throws SQLException {
        return query(ROWS, OutboxRows::event);
    }

    public List<UUID> ids() throws SQLException {
        return query("SELECT id FROM outbox.event", row -> row.getObject(1, UUID.class));
    }

    private <T> List<T> query(String sql, Row<T> reader) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = query.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }

    private static EmittedEvent event(ResultSet row) throws SQLException {
        Map<String, String> headers = headers(row.getString(6));
        @Nullable String version = headers.remove(HeaderNames.STORED_EVENTVERSION);
        return new EmittedEvent(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                version == null ? 1 : Integer.parseInt(version),
                row.getString(5),
                headers);
    }

    private static Map<String, String> headers(@Nullable String json) {
        try {
            return json == null ? new TreeMap<>() : MAPPER.readValue(json, STRINGS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The table let headers pass that are no strings", e);
        }
    }
}
