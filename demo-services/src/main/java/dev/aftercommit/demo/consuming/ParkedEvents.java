package dev.aftercommit.demo.consuming;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer holds back, for a person to see: dead events, which the consumer's own interface lists, and also those
 * that are still tried. Payloads are not read. Thread-safe.
 */
final class ParkedEvents {
    private static final int SHOWN = 20;

    private final DSLContext sql;
    private final String consumer;
    private final String source;

    ParkedEvents(DataSource dataSource, String consumer, String source) {
        this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
        this.consumer = consumer;
        this.source = source;
    }

    /**
     * The first event of an aggregate's queue.
     *
     * @param state {@code retrying} or {@code dead}
     * @param attempts how often its handler has failed
     * @param nextAttempt null when it is dead
     * @param error the last error's class and place
     * @param waiting how many later events of the aggregate wait behind it
     */
    record Parked(
            UUID eventId,
            String eventType,
            String aggregate,
            String state,
            int attempts,
            @Nullable Instant nextAttempt,
            @Nullable String error,
            long waiting) {}

    /**
     * What {@code GET /parked} answers.
     *
     * @param total all events that are held back, those that wait behind others too
     * @param first the first ones of the queues, the oldest first; at most 20
     */
    record Overview(long total, List<Parked> first) {}

    Overview overview() {
        long total = sql.fetchSingle(
                        "SELECT count(*) FROM inbox.parked_event WHERE consumer = ? AND source = ?", consumer, source)
                .get(0, Long.class);
        return new Overview(total, total == 0 ? List.of() : first());
    }

    private List<Parked> first() {
        return sql.fetch("""
                        SELECT event_id, event_type, aggregate_type || ' ' || aggregate_id AS aggregate, state, attempts,
                               next_attempt, error,
                               (SELECT count(*) FROM inbox.parked_event behind
                                 WHERE behind.consumer = parked.consumer AND behind.source = parked.source
                                   AND behind.aggregate_type = parked.aggregate_type
                                   AND behind.aggregate_id = parked.aggregate_id
                                   AND behind.id > parked.id) AS waiting
                          FROM inbox.parked_event parked
                         WHERE consumer = ? AND source = ? AND state <> 'waiting'
                         ORDER BY id LIMIT ?
                        """, consumer, source, SHOWN)
                .map(row -> new Parked(
                        row.get("event_id", UUID.class),
                        row.get("event_type", String.class),
                        row.get("aggregate", String.class),
                        row.get("state", String.class),
                        row.get("attempts", Integer.class),
                        nextAttempt(row),
                        row.get("error", String.class),
                        row.get("waiting", Long.class)));
    }

    private static @Nullable Instant nextAttempt(Record row) {
        OffsetDateTime time = row.get("next_attempt", OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
