package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.Proven;
import dev.aftercommit.relay.source.StreamEnd;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code outbox.journal}, in a transaction of the caller. */
final class JournalTable {
    private static final String INSERT = """
            INSERT INTO outbox.journal (entry, term, kind, epoch, events, packed, first_position, last_position,
                                        last_lsn, confirm_lsn, tail_sequence, tail_event,
                                        proven, proven_at, proven_since, proven_entry, proven_parts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::pg_lsn, ?::pg_lsn, ?, ?, ?::pg_snapshot, ?, ?, ?, ?::oid[])
            """;
    private static final String COLUMNS = """
            SELECT entry, term, kind, epoch, %s AS packed, last_lsn::text, confirm_lsn::text, tail_sequence, tail_event,
                   proven::text, proven_at, proven_since, proven_entry,
                   proven_parts::bigint[] AS proven_parts
              FROM outbox.journal
            """;
    private static final String NEWEST = COLUMNS.formatted("''::bytea") + " ORDER BY entry DESC LIMIT 1";
    private static final String FROM = COLUMNS.formatted("packed") + " WHERE entry >= ? ORDER BY entry LIMIT ?";
    private static final String BEFORE = COLUMNS.formatted("packed") + " WHERE entry < ? ORDER BY entry DESC LIMIT ?";

    /** Mostly the newest row, but not when messages of an earlier epoch were taken over from the stream behind a heal. */
    private static final String HIGHEST = """
            SELECT max(last_position) FROM outbox.journal WHERE kind IN ('published', 'ghost') AND events > 0
            """;

    private static final String FIRST =
            "SELECT min(entry) FROM outbox.journal WHERE kind IN ('published', 'ghost') AND events > 0 AND last_position ";
    private static final String GHOSTS = "SELECT packed FROM outbox.journal WHERE kind = 'ghost'";
    private static final String WITHOUT = """
            SELECT u.id FROM unnest(?::uuid[]) WITH ORDINALITY AS u(id, n)
             WHERE NOT EXISTS (SELECT FROM outbox.journal_events(?) j WHERE j.event_id = u.id)
             ORDER BY u.n
            """;

    private final Connection connection;

    JournalTable(Connection connection) {
        this.connection = connection;
    }

    @Nullable
    JournalRow newest() throws SQLException {
        List<JournalRow> rows = rows(NEWEST);
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /**
     * Fences what the next entry does not: what writes none, and what takes the next one whoever has written the one
     * before.
     */
    void requireTerm(int term) throws SQLException {
        JournalRow newest = newest();
        if (newest != null && newest.mark().term() > term) {
            throw new AftercommitException(
                    ErrorCode.FENCED,
                    "Another relay leads: the journal is in term "
                            + newest.mark().term() + ", and this relay's was " + term + ".");
        }
    }

    List<JournalRow> from(long entry, int most) throws SQLException {
        return rows(FROM, entry, most);
    }

    List<JournalRow> before(long entry, int most) throws SQLException {
        return rows(BEFORE, entry, most);
    }

    private List<JournalRow> rows(String query, Object... parameters) throws SQLException {
        List<JournalRow> rows = new ArrayList<>();
        Rows.each(connection, query, row -> rows.add(row(row)), parameters);
        return rows;
    }

    private static JournalRow row(ResultSet row) throws SQLException {
        String snapshot = row.getString("proven");
        Proven proven = snapshot == null
                ? null
                : new Proven(
                        snapshot,
                        instant(row, "proven_at"),
                        instant(row, "proven_since"),
                        row.getLong("proven_entry"),
                        List.of((Long[]) row.getArray("proven_parts").getArray()));
        return new JournalRow(
                row.getLong("entry"),
                JournalRow.Kind.of(row.getString("kind")),
                row.getInt("epoch"),
                PackedEvents.of(row.getBytes("packed")),
                new JournalMark(
                        row.getInt("term"),
                        Lsn.of(row.getString("last_lsn")),
                        Lsn.of(row.getString("confirm_lsn")),
                        new StreamEnd(row.getLong("tail_sequence"), row.getObject("tail_event", UUID.class)),
                        proven));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** A row that only notes progress. */
    void insertNote(JournalMark mark, int epoch) throws SQLException {
        JournalRow newest = newest();
        long entry = newest == null ? 0 : newest.entry();
        insert(List.of(new JournalRow(entry + 1, JournalRow.Kind.PUBLISHED, epoch, PackedEvents.NONE, mark)));
    }

    void insert(List<JournalRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (JournalRow row : rows) {
                bind(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void bind(PreparedStatement statement, JournalRow row) throws SQLException {
        int events = row.events().size();
        JournalMark mark = row.mark();
        Proven proven = mark.proven();
        statement.setLong(1, row.entry());
        statement.setInt(2, mark.term());
        statement.setString(3, row.kind().word());
        statement.setInt(4, row.epoch());
        statement.setInt(5, events);
        statement.setBytes(6, row.events().toBytes());
        statement.setString(7, events == 0 ? null : row.position(0).toString());
        statement.setString(8, events == 0 ? null : row.position(events - 1).toString());
        statement.setString(9, Lsn.text(mark.lastLsn()));
        statement.setString(10, Lsn.text(mark.confirmLsn()));
        statement.setLong(11, mark.end().sequence());
        statement.setObject(12, mark.end().event());
        statement.setString(13, proven == null ? null : proven.snapshot());
        statement.setObject(14, proven == null ? null : proven.takenAt().atOffset(ZoneOffset.UTC));
        statement.setObject(15, proven == null ? null : proven.since().atOffset(ZoneOffset.UTC));
        statement.setObject(16, proven == null ? null : proven.entry());
        statement.setString(17, proven == null ? null : array(proven.partitions()));
    }

    private static String array(List<Long> oids) {
        return oids.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    long firstBehind(@Nullable OutboxPosition position) throws SQLException {
        return first(">", position == null ? "" : position.toString());
    }

    long firstReaching(OutboxPosition position) throws SQLException {
        return first(">=", position.toString());
    }

    private long first(String comparison, String position) throws SQLException {
        int[] highest = {-1};
        Rows.each(connection, HIGHEST, row -> {
            if (row.getString(1) != null) {
                highest[0] = row.getString(1).compareTo(position);
            }
        });
        if (highest[0] < 0 || (highest[0] == 0 && comparison.equals(">"))) {
            return 0;
        }
        long[] first = {0};
        Rows.each(connection, FIRST + comparison + " ?", row -> first[0] = row.getLong(1), position);
        return first[0];
    }

    Set<UUID> ghosts() throws SQLException {
        Set<UUID> ghosts = new HashSet<>();
        Rows.each(
                connection,
                GHOSTS,
                row -> ghosts.addAll(PackedEvents.of(row.getBytes(1)).ids()));
        return ghosts;
    }

    Map<UUID, Long> repeated(long entry) throws SQLException {
        Map<UUID, Long> last = new HashMap<>();
        Rows.each(
                connection,
                "SELECT event_id, max(entry) FROM outbox.journal_events(?) GROUP BY event_id HAVING count(*) > 1",
                row -> last.put(row.getObject(1, UUID.class), row.getLong(2)),
                entry - 1);
        return last;
    }

    long countFrom(long entry) throws SQLException {
        long[] count = {0};
        Rows.each(
                connection,
                "SELECT COALESCE(sum(events), 0) FROM outbox.journal WHERE kind = 'published' AND entry >= ?",
                row -> count[0] = row.getLong(1),
                entry);
        return count[0];
    }

    List<UUID> without(List<UUID> events, long afterEntry) throws SQLException {
        return Rows.ids(connection, WITHOUT, Rows.array(connection, events), afterEntry);
    }
}
