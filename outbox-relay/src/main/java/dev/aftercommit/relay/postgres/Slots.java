package dev.aftercommit.relay.postgres;

import dev.aftercommit.relay.source.SlotState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Looks at replication slots, and drops them. */
public final class Slots {
    private static final String LOOK = """
            SELECT s.plugin, s.database, s.active_pid, s.wal_status, s.confirmed_flush_lsn::text AS confirmed,
                   COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::bigint AS lag,
                   COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint AS retained,
                   to_jsonb(s) ->> 'invalidation_reason' AS invalidation,
                   (to_jsonb(s) ->> 'conflicting')::boolean AS conflicting,
                   COALESCE(a.wait_event_type, '') NOT IN ('Activity', 'Client') AND a.pid IS NOT NULL AS at_work
              FROM pg_replication_slots s
              LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid AND a.backend_type = 'walsender'
             WHERE s.slot_name = ?
            """;
    /** Of other roles' sessions the relay's own does not see since when they are there. */
    private static final String HOLDER = """
            SELECT format('process %s (%s, user %s%s)', s.active_pid,
                          COALESCE(NULLIF(a.application_name, ''), 'no application name'), a.usename,
                          ', since ' || a.backend_start)
              FROM pg_replication_slots s
              LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
             WHERE s.slot_name = ? AND s.active_pid IS NOT NULL
            """;

    private static final String END_HOLDER = """
            SELECT pg_terminate_backend(s.active_pid)
              FROM pg_replication_slots s
              JOIN pg_stat_activity a ON a.pid = s.active_pid AND a.usename = current_user
             WHERE s.slot_name = ? AND EXISTS (SELECT FROM outbox.journal)
            """;

    private Slots() {}

    /** The slot of that name, or null. */
    public static @Nullable SlotState find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? slot(row) : null;
            }
        }
    }

    private static SlotState slot(ResultSet row) throws SQLException {
        String invalidation = row.getString("invalidation");
        if (invalidation == null && row.getBoolean("conflicting")) {
            invalidation = "conflicting";
        }
        String confirmed = row.getString("confirmed");
        return new SlotState(
                row.getString("plugin"),
                row.getString("database"),
                row.getObject("active_pid", Integer.class),
                confirmed == null ? 0 : Lsn.of(confirmed),
                new SlotState.Wal(row.getLong("lag"), row.getLong("retained"), row.getString("wal_status")),
                invalidation,
                row.getBoolean("at_work"));
    }

    /** Who uses the slot, in words; null when nobody does. */
    static @Nullable String holder(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** Ends the connection that uses the relay's slot, if it is of the same role; says whether there was one. */
    static boolean endHolder(Connection connection, String name) throws SQLException {
        boolean[] ended = {false};
        Rows.each(connection, END_HOLDER, row -> ended[0] = row.getBoolean(1), name);
        return ended[0];
    }

    static void drop(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
            statement.setString(1, name);
            statement.execute();
        }
    }
}
