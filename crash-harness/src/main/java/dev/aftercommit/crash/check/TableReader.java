package dev.aftercommit.crash.check;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Reads the producer's database: its events, and what the relay has told. */
public final class TableReader {
    private static final int FETCH = 1_000;

    private static final String ROWS = """
            SELECT id, aggregate_type, aggregate_id, event_type, payload::text, are_strings,
                   ARRAY(SELECT key FROM json_each_text(CASE WHEN are_strings THEN headers END)) AS names,
                   ARRAY(SELECT value FROM json_each_text(CASE WHEN are_strings THEN headers END)) AS texts,
                   coalesce(headers ->> 'number', payload ->> 'number')::bigint AS number
              FROM (SELECT e.*,
                           CASE coalesce(json_typeof(headers), 'object') WHEN 'object' THEN NOT EXISTS (
                               SELECT FROM json_each(headers) AS h WHERE json_typeof(h.value) <> 'string')
                           ELSE false END AS are_strings
                      FROM outbox.event e) AS event
            """;

    private static final String LAG = """
            SELECT (pg_current_wal_lsn() - confirmed_flush_lsn)::bigint
              FROM pg_replication_slots WHERE slot_name = 'outbox' AND confirmed_flush_lsn IS NOT NULL
            """;

    private TableReader() {}

    public static List<Row> rows(DataSource database) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH);
                try (ResultSet row = statement.executeQuery(ROWS)) {
                    while (row.next()) {
                        rows.add(row(row));
                    }
                }
            }
        }
        return rows;
    }

    private static Row row(ResultSet row) throws SQLException {
        String[] names = (String[]) row.getArray("names").getArray();
        String[] texts = (String[]) row.getArray("texts").getArray();
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            headers.put(names[i], texts[i]);
        }
        return new Row(
                row.getObject("id", UUID.class),
                new Row.Aggregate(row.getString("aggregate_type"), row.getString("aggregate_id")),
                row.getString("event_type"),
                row.getString("payload"),
                headers,
                row.getBoolean("are_strings"),
                row.getLong("number"));
    }

    /** What the relay told; nothing where its table does not exist. */
    public static List<Incident> incidents(DataSource database) throws SQLException {
        List<Incident> incidents = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT to_regclass('outbox.incident') IS NOT NULL")) {
                if (!row.next() || !row.getBoolean(1)) {
                    return incidents;
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT kind, epoch, coalesce(events, 0), coalesce(ghosts, '{}') FROM outbox.incident ORDER BY id")) {
                while (row.next()) {
                    Array ghosts = row.getArray(4);
                    incidents.add(new Incident(
                            row.getString(1), row.getObject(2, Integer.class), row.getLong(3), List.of((UUID[])
                                    ghosts.getArray())));
                }
            }
        }
        return incidents;
    }

    /** How much WAL the relay's slot has not confirmed; empty when there is no slot. */
    public static Optional<Long> unconfirmedWalBytes(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LAG)) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }
}
