package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.DroppedPartition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code outbox.dropped_partition}, in a transaction of the caller. */
record DroppedPartitions(Connection connection) {
    private static final String OF_EVENT = """
            SELECT name, COALESCE(from_time, outbox.time_of(first_id)), COALESCE(to_time, outbox.time_of(last_id)), dropped_at
              FROM outbox.dropped_partition
             WHERE ? BETWEEN first_id AND last_id
             ORDER BY id DESC
             LIMIT 1
            """;

    /** The journal is read only when something was ever dropped. */
    private static final String LAST = """
            SELECT CASE WHEN EXISTS (SELECT FROM outbox.dropped_partition) THEN (
                       SELECT max(j.position COLLATE "C")
                         FROM outbox.journal_events() j
                        WHERE j.kind = 'published'
                          AND EXISTS (SELECT FROM outbox.dropped_partition d
                                       WHERE j.event_id BETWEEN d.first_id AND d.last_id AND j.commit_time < d.dropped_at)
                          AND NOT EXISTS (SELECT FROM outbox.event e WHERE e.id = j.event_id))
                   END
            """;

    Optional<DroppedPartition> of(UUID event) throws SQLException {
        List<DroppedPartition> found = new ArrayList<>(1);
        Rows.each(
                connection,
                OF_EVENT,
                row -> found.add(new DroppedPartition(
                        row.getString(1),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getObject(3, OffsetDateTime.class).toInstant(),
                        row.getObject(4, OffsetDateTime.class).toInstant())),
                event);
        return found.stream().findFirst();
    }

    Optional<OutboxPosition> last() throws SQLException {
        List<OutboxPosition> last = new ArrayList<>(1);
        Rows.each(connection, LAST, row -> {
            if (row.getString(1) != null) {
                last.add(OutboxPosition.parse(row.getString(1)));
            }
        });
        return last.stream().findFirst();
    }
}
