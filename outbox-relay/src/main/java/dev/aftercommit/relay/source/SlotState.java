package dev.aftercommit.relay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot as the server shows it.
 *
 * @param lagBytes WAL between what is confirmed and the end
 * @param retainedBytes WAL that the server keeps for the slot
 */
public record Slot(String plugin, String database, boolean active, long lagBytes, long retainedBytes, Health health) {
    /**
     * Whether the slot can still be read from.
     *
     * @param walStatus such as {@code reserved} or {@code lost}
     * @param invalidation why it cannot be used any more, or null
     */
    public record Health(
            @Nullable String walStatus, @Nullable String invalidation) {}

    private static final String LOOK = """
            SELECT s.plugin, s.database, s.active, s.wal_status,
                   COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::bigint AS lag,
                   COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint AS retained,
                   to_jsonb(s) ->> 'invalidation_reason' AS invalidation,
                   (to_jsonb(s) ->> 'conflicting')::boolean AS conflicting
              FROM pg_replication_slots s
             WHERE s.slot_name = ?
            """;

    /** The slot of that name, or null. */
    public static @Nullable Slot find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                String invalidation = row.getString("invalidation");
                if (invalidation == null && row.getBoolean("conflicting")) {
                    invalidation = "conflicting";
                }
                return new Slot(
                        row.getString("plugin"),
                        row.getString("database"),
                        row.getBoolean("active"),
                        row.getLong("lag"),
                        row.getLong("retained"),
                        new Health(row.getString("wal_status"), invalidation));
            }
        }
    }

    /** Why nothing can be read from the slot any more; null when it is usable. */
    public @Nullable String loss() {
        if (health.invalidation() != null) {
            return "PostgreSQL has invalidated it (" + health.invalidation() + ")";
        }
        if ("lost".equals(health.walStatus())) {
            return "PostgreSQL has removed WAL that it needed";
        }
        return "pgoutput".equals(plugin) ? null : "a slot of that name exists, but of plugin " + plugin;
    }
}
