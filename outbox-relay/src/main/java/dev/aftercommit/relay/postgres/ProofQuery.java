package dev.aftercommit.relay.postgres;

import dev.aftercommit.relay.source.ProofScan;
import dev.aftercommit.relay.source.Proven;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows of the table that have no entry in the journal. What a proven snapshot sees is left out, and so is, by the
 * time of the insert, what cannot be newer; by real visibility otherwise, since a dump brings foreign transaction ids.
 */
final class ProofQuery {
    /**
     * When the newest transactions were rolled back, a snapshot can have an xmin above its xmax, which PostgreSQL's own
     * input refuses. All below xmin has ended then: the same rows are visible when xmax is raised to xmin.
     */
    private static final String SNAPSHOT = """
            SELECT CASE WHEN pg_snapshot_xmin(s) > pg_snapshot_xmax(s)
                        THEN format('%1$s:%1$s:', pg_snapshot_xmin(s))
                        ELSE s::text
                   END AS snapshot,
                   (SELECT min(x::text::numeric) FROM pg_snapshot_xip(s) AS x) AS oldest_running,
                   pg_snapshot_xmax(?::pg_snapshot)::text::numeric AS proven_xmax,
                   statement_timestamp() AS taken_at,
                   (SELECT COALESCE(max(entry), 0) FROM outbox.journal) AS entry
              FROM pg_current_snapshot() AS s
            """;

    /** The default of created_at is computed a moment before that of tx_id makes the transaction visible as running. */
    private static final String SINCE = """
            SELECT e.id FROM outbox.event e
             WHERE e.created_at >= ?::timestamptz - interval '5 seconds'
               AND NOT pg_visible_in_snapshot(e.tx_id, ?::pg_snapshot)
               AND NOT EXISTS (SELECT FROM outbox.journal_events(?) j WHERE j.event_id = e.id)
             ORDER BY e.created_at, e.id
             LIMIT ?
            """;

    private static final String PARTITIONS = """
            SELECT i.inhrelid::bigint AS oid, COALESCE(pg_get_partition_constraintdef(i.inhrelid), 'true') AS bounds
              FROM pg_inherits i
             WHERE i.inhparent = 'outbox.event'::regclass ORDER BY i.inhrelid
            """;

    /**
     * Rows of a partition that was attached since, but for those that {@link #SINCE} looks at. Of one that was made
     * for what is inserted now there are no others, and the whole journal is not read for it. By way of the table and the
     * partition's bounds, since the relay's role has no privileges on a partition that somebody attaches.
     */
    private static final String OF_PARTITION = """
            SELECT e.id FROM outbox.event e
             WHERE %s
               AND NOT (e.created_at >= ?::timestamptz - interval '5 seconds'
                        AND NOT pg_visible_in_snapshot(e.tx_id, ?::pg_snapshot))
               AND NOT EXISTS (SELECT FROM outbox.journal_events() j WHERE j.event_id = e.id)
             ORDER BY e.created_at, e.id
             LIMIT ?
            """;

    private static final String ALL = """
            SELECT e.id FROM outbox.event e
             WHERE NOT EXISTS (SELECT FROM outbox.journal_events() j WHERE j.event_id = e.id)
             ORDER BY e.created_at, e.id
             LIMIT ?
            """;

    private final Connection connection;

    ProofQuery(Connection connection) {
        this.connection = connection;
    }

    ProofScan scan(@Nullable Proven since, int most) throws SQLException {
        Map<Long, String> partitions = new TreeMap<>();
        Rows.each(connection, PARTITIONS, row -> partitions.put(row.getLong(1), row.getString(2)));
        List<Proven> taken = new ArrayList<>();
        Rows.each(
                connection,
                SNAPSHOT,
                row -> {
                    Instant takenAt =
                            row.getObject("taken_at", OffsetDateTime.class).toInstant();
                    taken.add(new Proven(
                            row.getString("snapshot"),
                            takenAt,
                            insertedSince(
                                    row.getBigDecimal("oldest_running"),
                                    row.getBigDecimal("proven_xmax"),
                                    takenAt,
                                    since),
                            row.getLong("entry"),
                            List.copyOf(partitions.keySet())));
                },
                since == null ? null : since.snapshot());
        List<UUID> suspects =
                since == null ? Rows.ids(connection, ALL, most + 1) : suspects(since, partitions, most + 1);
        long[] lsn = {0};
        Rows.each(connection, "SELECT pg_current_wal_insert_lsn()::text", row -> lsn[0] = Lsn.of(row.getString(1)));
        boolean complete = suspects.size() <= most;
        return new ProofScan(taken.getFirst(), lsn[0], complete ? suspects : suspects.subList(0, most), complete);
    }

    private List<UUID> suspects(Proven since, Map<Long, String> partitions, int most) throws SQLException {
        Set<UUID> suspects = new LinkedHashSet<>(
                Rows.ids(connection, SINCE, since.since().toString(), since.snapshot(), since.entry(), most));
        for (Map.Entry<Long, String> partition : partitions.entrySet()) {
            if (!since.partitions().contains(partition.getKey()) && suspects.size() < most) {
                suspects.addAll(Rows.ids(
                        connection,
                        OF_PARTITION.replace("%s", partition.getValue()),
                        since.since().toString(),
                        since.snapshot(),
                        most - suspects.size()));
            }
        }
        return List.copyOf(suspects);
    }

    /** When the oldest transaction that still runs can have inserted its first row. */
    private static Instant insertedSince(
            @Nullable BigDecimal oldestRunning,
            @Nullable BigDecimal provenXmax,
            Instant takenAt,
            @Nullable Proven since) {
        if (oldestRunning == null) {
            return takenAt;
        }
        if (since == null || provenXmax == null) {
            return Instant.EPOCH;
        }
        return oldestRunning.compareTo(provenXmax) >= 0 ? since.takenAt() : since.since();
    }
}
