package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.ParkedCount;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.ParkedHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The table {@code outbox.parked_event}, in a transaction of the caller. */
final class ParkedTable {
    private static final String UNSEEN = """
            SELECT FROM outbox.parked_event u
             WHERE u.aggregate_type = p.aggregate_type AND u.aggregate_id = p.aggregate_id
               AND u.requested IS DISTINCT FROM 'discard'
               AND NOT EXISTS (SELECT FROM outbox.event s WHERE s.id = u.event_id)
            """;

    /**
     * Of each queue for which something is requested everything is to be published that is not to be discarded. A queue is
     * not taken up as long as one of its events cannot be seen: it would come behind the others.
     */
    static final String TO_RETRY = """
            SELECT p.event_id AS id, e.created_at, (row_number() OVER (ORDER BY p.position, p.event_id) - 1)::int AS n
              FROM outbox.parked_event p
              JOIN outbox.event e ON e.id = p.event_id
             WHERE p.requested = 'retry' AND NOT EXISTS (%s)
            """.formatted(UNSEEN);

    private static final String SPREAD = """
            UPDATE outbox.parked_event p
               SET requested = 'retry', requested_at = now()
             WHERE p.requested IS NULL
               AND EXISTS (SELECT FROM outbox.parked_event r
                            WHERE r.aggregate_type = p.aggregate_type AND r.aggregate_id = p.aggregate_id
                              AND r.requested IS NOT NULL)
            """;

    static final String TO_DISCARD = """
            SELECT p.event_id AS id, p.parked_at AS created_at,
                   (row_number() OVER (ORDER BY p.position, p.event_id) - 1)::int AS n
              FROM outbox.parked_event p
             WHERE p.requested = 'discard'
            """;

    /** A row that was parked once more keeps its place; it would be a fault of the relay's. */
    private static final String INSERT = """
            INSERT INTO outbox.parked_event (event_id, aggregate_type, aggregate_id, "position", reason, detail)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (event_id) DO NOTHING
            """;

    private static final String HELD = """
            SELECT DISTINCT ON (aggregate_type, aggregate_id) aggregate_type, aggregate_id, event_id, "position"
              FROM outbox.parked_event
             ORDER BY aggregate_type, aggregate_id, "position"
            """;
    private static final String COUNT = """
            SELECT (SELECT count(*) FROM outbox.parked_event),
                   EXISTS (SELECT FROM outbox.parked_event p
                            WHERE p.requested = 'discard' OR (p.requested = 'retry' AND NOT EXISTS (%s)))
            """.formatted(UNSEEN);

    /** What is journaled in an epoch that began for it waits no more. */
    private static final String RELEASE = """
            DELETE FROM outbox.parked_event p
             WHERE p.event_id IN (SELECT j.event_id FROM outbox.journal_events(?) j)
            """;

    /** What waits behind an event that was found in the stream waits for nothing, unless it is for another one. */
    private static final String REMOVE = """
            WITH gone AS (
                DELETE FROM outbox.parked_event WHERE event_id = ANY (?::uuid[])
                RETURNING event_id, aggregate_type, aggregate_id)
            UPDATE outbox.parked_event p
               SET requested = 'retry', requested_at = now()
              FROM (SELECT DISTINCT aggregate_type, aggregate_id FROM gone) g
             WHERE p.aggregate_type = g.aggregate_type AND p.aggregate_id = g.aggregate_id AND p.requested IS NULL
               AND p.event_id NOT IN (SELECT event_id FROM gone)
               AND NOT EXISTS (SELECT FROM outbox.parked_event h
                                WHERE h.aggregate_type = p.aggregate_type AND h.aggregate_id = p.aggregate_id
                                  AND h.reason <> 'behind' AND h.event_id NOT IN (SELECT event_id FROM gone))
            """;

    private final Connection connection;

    ParkedTable(Connection connection) {
        this.connection = connection;
    }

    void insert(List<ParkedEvent> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (ParkedEvent event : events) {
                statement.setObject(1, event.event());
                statement.setString(2, event.aggregate().type());
                statement.setString(3, event.aggregate().id());
                statement.setString(4, event.position().toString());
                statement.setString(5, event.reason().word());
                statement.setString(6, event.detail());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** What was found in the stream waits no more, and nothing waits for it. */
    void remove(List<JournalRow> rows) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        for (JournalRow row : rows) {
            ids.addAll(row.events().ids());
        }
        Rows.update(connection, REMOVE, Rows.array(connection, ids));
    }

    /** Extends what is requested for some of a queue to the rest of it, which is retried. */
    void spreadRequests() throws SQLException {
        Rows.update(connection, SPREAD);
    }

    /** What has got an entry behind this one waits no more. */
    void release(long behindEntry) throws SQLException {
        Rows.update(connection, RELEASE, behindEntry);
    }

    Map<ParkedEvent.Aggregate, ParkedHead> held() throws SQLException {
        Map<ParkedEvent.Aggregate, ParkedHead> held = new HashMap<>();
        Rows.each(
                connection,
                HELD,
                row -> held.put(
                        new ParkedEvent.Aggregate(row.getString(1), row.getString(2)),
                        new ParkedHead(row.getObject(3, UUID.class), OutboxPosition.parse(row.getString(4)))));
        return held;
    }

    ParkedCount count() throws SQLException {
        List<ParkedCount> count = new ArrayList<>(1);
        Rows.each(connection, COUNT, row -> count.add(new ParkedCount(row.getLong(1), row.getBoolean(2))));
        return count.getFirst();
    }
}
