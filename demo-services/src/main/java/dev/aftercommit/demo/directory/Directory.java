package dev.aftercommit.demo.directory;

import com.fasterxml.jackson.annotation.JsonValue;
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

/** Reads the directory and the log of handled events. Thread-safe. */
final class Directory {
    private static final int MAX_HANDLED = 2_000;

    private final DSLContext sql;

    Directory(DataSource dataSource) {
        this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
    }

    record Entry(
            long userId,
            String username,
            String email,
            Instant createdOn,
            @Nullable Instant lastLogin) {}

    /** One call of a handler. */
    record Handled(
            UUID eventId,
            String eventType,
            String aggregateId,
            long sequence,
            Instant committedAt,
            Instant handledAt) {}

    /** A page of the log; {@code next} asks for what follows. */
    record HandledPage(Cursor next, List<Handled> handled) {}

    /** How far somebody has read the log. */
    record Cursor(long tx, long logId) {
        static final Cursor START = new Cursor(0, 0);

        static Cursor parse(String text) {
            String[] parts = text.split("\\.", 2);
            return new Cursor(Long.parseLong(parts[0]), parts.length == 2 ? Long.parseLong(parts[1]) : 0);
        }

        @JsonValue
        @Override
        public String toString() {
            return tx + "." + logId;
        }
    }

    /** The newest entries, newest first. */
    List<Entry> newest(int limit) {
        return sql.fetch(
                        "SELECT user_id, username, email, created_on, last_login FROM directory_entry"
                                + " ORDER BY user_id DESC LIMIT ?",
                        limit)
                .map(row -> new Entry(
                        row.get("user_id", Long.class),
                        row.get("username", String.class),
                        row.get("email", String.class),
                        instant(row, "created_on"),
                        lastLogin(row)));
    }

    long count() {
        return sql.fetchSingle("SELECT count(*) FROM directory_entry").get(0, Long.class);
    }

    long handled() {
        return sql.fetchSingle("SELECT count(*) FROM handled_event").get(0, Long.class);
    }

    long discarded() {
        return sql.fetchSingle("SELECT count(*) FROM discarded_event").get(0, Long.class);
    }

    /** Notes that an event was given up. A crash just before it leaves the page one too many that are waited for. */
    void discarded(UUID eventId) {
        sql.execute("INSERT INTO discarded_event (event_id) VALUES (?) ON CONFLICT DO NOTHING", eventId);
    }

    /** What was handled since. Transactions still running are waited for, so that a reader never skips a row. */
    HandledPage handledAfter(Cursor after) {
        List<Record> rows = sql.fetch(
                "SELECT * FROM handled_event WHERE (tx, log_id) > (?, ?)"
                        + " AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
                        + " ORDER BY tx, log_id LIMIT ?",
                after.tx(),
                after.logId(),
                MAX_HANDLED);
        Cursor next = rows.isEmpty()
                ? after
                : new Cursor(
                        rows.getLast().get("tx", Long.class), rows.getLast().get("log_id", Long.class));
        return new HandledPage(
                next,
                rows.stream()
                        .map(row -> new Handled(
                                row.get("event_id", UUID.class),
                                row.get("event_type", String.class),
                                row.get("aggregate_id", String.class),
                                row.get("sequence", Long.class),
                                instant(row, "committed_at"),
                                instant(row, "handled_at")))
                        .toList());
    }

    private static Instant instant(Record row, String column) {
        return row.get(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant lastLogin(Record row) {
        OffsetDateTime time = row.get("last_login", OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
