package dev.aftercommit.relay.postgres;

import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.StreamNote;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables {@code outbox.history}, {@code outbox.epoch} and {@code outbox.incident}, in a transaction of the caller. */
final class EpochTable {
    private static final String BEGIN = """
            INSERT INTO outbox.epoch (epoch, slot_name, system_identifier, first_lsn, reason)
            SELECT COALESCE((SELECT max(epoch) FROM outbox.epoch), 0) + 1, ?, ?, ?::pg_lsn, ?
            RETURNING epoch
            """;

    /** Of the rows that are to be healed, numbered in their order: their rows of the journal, 2,000 events each. */
    private static final String HEAL = """
            INSERT INTO outbox.journal (entry, term, kind, epoch, events, packed, first_position, last_position,
                                        last_lsn, confirm_lsn, tail_sequence, tail_event)
            SELECT (SELECT COALESCE(max(entry), 0) FROM outbox.journal) + 1 + n / 2000, p.term, p.kind, p.epoch,
                   count(*),
                   string_agg(uuid_send(id) || int8send(0) || int4send(n)
                              || int8send((extract(epoch FROM created_at) * 1000000)::bigint), ''::bytea ORDER BY n),
                   format('%s-0000000000000000-%s', lpad(to_hex(p.epoch), 8, '0'), lpad(to_hex(min(n)), 8, '0')),
                   format('%s-0000000000000000-%s', lpad(to_hex(p.epoch), 8, '0'), lpad(to_hex(max(n)), 8, '0')),
                   p.last_lsn, p.confirm_lsn, p.tail_sequence, p.tail_event
              FROM healed
             CROSS JOIN (VALUES (?::text, ?::int, ?::int, ?::pg_lsn, ?::pg_lsn, ?::bigint, ?::uuid))
                        AS p(kind, term, epoch, last_lsn, confirm_lsn, tail_sequence, tail_event)
             GROUP BY n / 2000, p.kind, p.term, p.epoch, p.last_lsn, p.confirm_lsn, p.tail_sequence, p.tail_event
            """;

    private static final String UNJOURNALED = """
            SELECT e.id, e.created_at, (row_number() OVER (ORDER BY e.created_at, e.id) - 1)::int AS n
              FROM outbox.event e
             WHERE NOT EXISTS (SELECT FROM outbox.journal_events() j WHERE j.event_id = e.id)
            """;
    private static final String THESE = """
            SELECT e.id, e.created_at, (row_number() OVER (ORDER BY u.n) - 1)::int AS n
              FROM unnest(?::uuid[]) WITH ORDINALITY AS u(id, n)
              JOIN outbox.event e USING (id)
            """;

    private static final String RECORD = """
            INSERT INTO outbox.incident (kind, epoch, events, first_position, last_position, ghosts, late, detail)
            SELECT ?, ?::int, COALESCE(sum(j.events), 0), min(j.first_position), max(j.last_position), ?::uuid[],
                   ?::text[], ?
              FROM outbox.journal j
             WHERE j.epoch = ?::int AND j.kind = 'published' AND j.first_position LIKE '________-0000000000000000-%'
            """;

    /** An event that stands behind a later one of its aggregate that had its place before. */
    private static final String LATE = """
            WITH healed AS MATERIALIZED (
                SELECT e.aggregate_type, e.aggregate_id, e.id, e.created_at
                  FROM outbox.journal_events(?) j JOIN outbox.event e ON e.id = j.event_id
            ), first_healed AS (
                SELECT aggregate_type, aggregate_id, min(created_at) AS created_at FROM healed GROUP BY 1, 2
            ), last_of_others AS (
                SELECT e.aggregate_type, e.aggregate_id, max(e.created_at) AS created_at
                  FROM outbox.event e
                 WHERE e.created_at > (SELECT min(created_at) FROM healed)
                   AND NOT EXISTS (SELECT FROM healed h WHERE h.id = e.id)
                 GROUP BY 1, 2
            )
            SELECT h.aggregate_type || '/' || h.aggregate_id
              FROM first_healed h
              JOIN last_of_others o USING (aggregate_type, aggregate_id)
             WHERE o.created_at > h.created_at
             LIMIT 1000
            """;

    private final Connection connection;

    EpochTable(Connection connection) {
        this.connection = connection;
    }

    /** Makes the transaction see what an exported snapshot sees. Must come first in it. */
    void see(String snapshot) throws SQLException {
        Rows.update(connection, "SET TRANSACTION SNAPSHOT '" + snapshot.replace("'", "''") + "'");
    }

    Noted noted(@Nullable JournalRow newest) throws SQLException {
        List<Epoch> epochs = new ArrayList<>();
        Rows.each(
                connection,
                "SELECT epoch, branch, system_identifier, first_lsn::text FROM outbox.epoch ORDER BY epoch",
                row -> epochs.add(new Epoch(
                        row.getInt(1), row.getObject(2, UUID.class), row.getString(3), Lsn.of(row.getString(4)))));
        List<Noted> noted = new ArrayList<>();
        Rows.each(
                connection,
                "SELECT id, stream_config::text, stream_first, stream_holes, publication FROM outbox.history",
                row -> noted.add(new Noted(
                        row.getObject(1, UUID.class), stream(row), row.getString("publication"), epochs, newest)));
        return noted.getFirst();
    }

    private static @Nullable StreamNote stream(ResultSet row) throws SQLException {
        String config = row.getString("stream_config");
        return config == null
                ? null
                : new StreamNote(
                        config, row.getObject("stream_first", Long.class), row.getObject("stream_holes", Long.class));
    }

    void begin(NewEpoch epoch, JournalMark mark, JournalTable journal) throws SQLException {
        JournalRow newest = journal.newest();
        journal.requireTerm(mark.term());
        long entry = newest == null ? 0 : newest.entry();
        int number = insert(epoch);
        heal(epoch.heal(), number, mark, entry, journal);
        if (epoch.incident() != null) {
            record(epoch.incident(), new Healed(number, entry));
        }
        journal.insertNote(mark, number);
    }

    private int insert(NewEpoch epoch) throws SQLException {
        int[] number = {0};
        Rows.each(
                connection,
                BEGIN,
                row -> number[0] = row.getInt(1),
                SlotNames.DEFAULT.slot(),
                epoch.systemIdentifier(),
                Lsn.text(epoch.firstLsn()),
                epoch.reason().word());
        return number[0];
    }

    private void heal(NewEpoch.Heal heal, int epoch, JournalMark mark, long newest, JournalTable journal)
            throws SQLException {
        switch (heal) {
            case NewEpoch.Heal.Nothing nothing -> {}
            case NewEpoch.Heal.Unjournaled all -> journal(JournalRow.Kind.PUBLISHED, UNJOURNALED, epoch, mark);
            case NewEpoch.Heal.Again again -> journal.insert(again.rows(newest + 1, epoch, mark));
            case NewEpoch.Heal.These these ->
                journal(JournalRow.Kind.PUBLISHED, THESE, epoch, mark, Rows.array(connection, these.ids()));
            case NewEpoch.Heal.Requested requested -> {
                ParkedTable parked = new ParkedTable(connection);
                parked.spreadRequests();
                journal(JournalRow.Kind.DISCARDED, ParkedTable.TO_DISCARD, epoch, mark);
                journal(JournalRow.Kind.PUBLISHED, ParkedTable.TO_RETRY, epoch, mark);
                parked.release(newest);
            }
        }
    }

    private void journal(JournalRow.Kind kind, String rows, int epoch, JournalMark mark, Object... which)
            throws SQLException {
        List<Object> parameters = new ArrayList<>(List.of(which));
        parameters.add(kind.word());
        parameters.add(mark.term());
        parameters.add(epoch);
        parameters.add(Lsn.text(mark.lastLsn()));
        parameters.add(Lsn.text(mark.confirmLsn()));
        parameters.add(mark.end().sequence());
        parameters.add(mark.end().event());
        Rows.update(connection, "WITH healed AS (" + rows + ") " + HEAL, parameters.toArray());
    }

    /** The rows that an epoch has healed: those of its number behind an entry. */
    private record Healed(int epoch, long behind) {}

    void record(Incident incident) throws SQLException {
        record(incident, null);
    }

    private void record(Incident incident, @Nullable Healed healed) throws SQLException {
        List<String> late = new ArrayList<>();
        if (healed != null) {
            Rows.each(connection, LATE, row -> late.add(row.getString(1)), healed.behind());
        }
        Integer epoch = healed == null ? null : healed.epoch();
        Rows.update(
                connection,
                RECORD,
                incident.kind().word(),
                epoch,
                Rows.array(connection, incident.ghosts()),
                connection.createArrayOf("text", late.toArray()),
                incident.detail(),
                epoch);
    }

    void takeOver(@Nullable UUID firstInStream, JournalMark mark, JournalTable journal) throws SQLException {
        if (firstInStream != null) {
            journal(
                    JournalRow.Kind.PUBLISHED,
                    UNJOURNALED + " AND e.created_at < (SELECT f.created_at FROM outbox.event f WHERE f.id = ?)",
                    0,
                    mark,
                    firstInStream);
        }
        journal.insertNote(mark, 0);
    }
}
