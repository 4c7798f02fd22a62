package dev.aftercommit.crash.check;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** Reads what the relay says of what it holds back. */
public final class ParkingReader {
    private static final String PARKED = """
            SELECT event_id FROM outbox.parked_event ORDER BY aggregate_type, aggregate_id, "position"
            """;
    private static final String EPOCHS = "SELECT lpad(to_hex(epoch), 8, '0'), reason FROM outbox.epoch";

    /** The newest entry of an event counts. */
    private static final String DISCARDED = """
            SELECT event_id FROM outbox.journal_events()
             GROUP BY event_id HAVING (array_agg(kind ORDER BY entry DESC))[1] = 'discarded'
            """;

    /** With LSN 0, as events have that come from the table, in an epoch that is neither the first nor a retry's. */
    private static final String LATE = """
            SELECT DISTINCT j.event_id
              FROM outbox.journal_events() AS j
              JOIN outbox.epoch AS e ON lpad(to_hex(e.epoch), 8, '0') = split_part(j."position", '-', 1)
             WHERE j.kind = 'parked' AND split_part(j."position", '-', 2) ~ '^0+$'
               AND e.reason NOT IN ('first-start', 'retry')
            """;

    private ParkingReader() {}

    /**
     * What is the case now.
     *
     * @param givenUp what an operator wanted to be discarded
     * @param narrowest the smallest message size that the stream was limited to
     * @param settled whether all limits are gone and an operator has had everything retried or discarded
     */
    public static Parking read(DataSource database, Set<UUID> givenUp, Optional<Integer> narrowest, boolean settled)
            throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            return new Parking(
                    ids(statement, PARKED),
                    new HashSet<>(ids(statement, DISCARDED)),
                    new HashSet<>(ids(statement, LATE)),
                    epochs(statement),
                    givenUp,
                    narrowest,
                    settled);
        }
    }

    /** What is not to be in the stream now. */
    public static Set<UUID> heldBack(DataSource database) throws SQLException {
        return read(database, Set.of(), Optional.empty(), false).heldBack();
    }

    private static List<UUID> ids(Statement statement, String query) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                ids.add(row.getObject(1, UUID.class));
            }
        }
        return ids;
    }

    private static Map<String, String> epochs(Statement statement) throws SQLException {
        Map<String, String> epochs = new HashMap<>();
        try (ResultSet row = statement.executeQuery(EPOCHS)) {
            while (row.next()) {
                epochs.put(row.getString(1), row.getString(2));
            }
        }
        return epochs;
    }
}
