package dev.aftercommit.relay.preflight;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.postgres.SlotNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks whether a PostgreSQL server is set up so that the relay can work with it. Changes nothing. */
public final class DatabasePreflight {
    private static final int OLDEST = 140_000;

    private static final String SERVER = """
            SELECT current_setting('server_version_num')::int AS version,
                   current_setting('wal_level') AS wal_level,
                   pg_is_in_recovery() AS in_recovery,
                   current_setting('max_replication_slots')::int AS max_slots,
                   (SELECT count(*) FROM pg_replication_slots) AS used_slots,
                   current_setting('max_wal_senders')::int AS max_senders,
                   (SELECT count(*) FROM pg_stat_replication) AS used_senders,
                   current_database() AS database,
                   (SELECT database FROM pg_replication_slots WHERE slot_name = ?) AS slot_database,
                   EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ?) AS slot_exists,
                   COALESCE((SELECT active FROM pg_replication_slots WHERE slot_name = ?), false) AS slot_active,
                   current_user AS role,
                   EXISTS (SELECT FROM pg_roles r
                           WHERE r.rolname = current_user AND (r.rolreplication OR r.rolsuper)) AS may_replicate,
                   EXISTS (SELECT FROM pg_roles r
                           WHERE r.rolname IN ('rds_replication', 'rds_superuser', 'azure_pg_admin', 'cloudsqlsuperuser')
                             AND pg_has_role(current_user, r.oid, 'member')) AS managed_replication,
                   EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                            WHERE n.nspname = 'outbox' AND p.proname = 'mend_publication') AS has_schema
            """;

    private DatabasePreflight() {}

    /** Everything that was looked at, in a sensible reading order. */
    public static List<Finding> inspect(Connection connection, SlotNames names) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SERVER)) {
            statement.setString(1, names.slot());
            statement.setString(2, names.slot());
            statement.setString(3, names.slot());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                server(row, findings);
                replication(row, names, findings);
                if (!row.getBoolean("has_schema")) {
                    findings.add(
                            Finding.problem(
                                    "schema outbox",
                                    "the outbox tables are missing in this database; run: outbox-relay migrate (after an upgrade, too)"));
                    return findings;
                }
            }
        }
        findings.add(Finding.ok("schema outbox", "the outbox tables exist"));
        findings.add(PrivilegesPreflight.inspect(connection));
        return findings;
    }

    /**
     * Refuses a server that the relay cannot work with.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNSUITABLE} with everything that is wrong
     */
    public static void require(Connection connection, SlotNames names) throws SQLException {
        String problems = inspect(connection, names).stream()
                .filter(finding -> finding.level() == Finding.Level.PROBLEM)
                .map(finding -> "\n  - " + finding.subject() + ": " + finding.text())
                .collect(Collectors.joining());
        if (!problems.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNSUITABLE, "PostgreSQL is not ready for the relay:" + problems);
        }
    }

    private static void server(ResultSet row, List<Finding> findings) throws SQLException {
        int version = row.getInt("version");
        findings.add(
                version >= OLDEST
                        ? Finding.ok("server version", Integer.toString(version / 10_000))
                        : Finding.problem(
                                "server version", version / 10_000 + " is too old; PostgreSQL 14 or newer is needed"));
        String walLevel = row.getString("wal_level");
        findings.add(
                "logical".equals(walLevel)
                        ? Finding.ok("wal_level", walLevel)
                        : Finding.problem(
                                "wal_level",
                                "it is " + walLevel
                                        + "; set wal_level = logical in postgresql.conf and restart PostgreSQL"));
        if (row.getBoolean("in_recovery")) {
            findings.add(
                    Finding.problem("primary", "this server is a standby; point OUTBOX_DATABASE_URL at the primary"));
        }
    }

    private static void replication(ResultSet row, SlotNames names, List<Finding> findings) throws SQLException {
        String role = row.getString("role");
        if (row.getBoolean("may_replicate")) {
            findings.add(Finding.ok("replication role", role));
        } else if (row.getBoolean("managed_replication")) {
            findings.add(Finding.ok("replication role", role + " (by the provider's replication role)"));
        } else {
            findings.add(Finding.problem(
                    "replication role",
                    "role " + role + " may not replicate; run as a superuser: ALTER ROLE \"" + role
                            + "\" REPLICATION"));
        }
        String slotDatabase = row.getString("slot_database");
        if (row.getBoolean("slot_exists") && !row.getString("database").equals(slotDatabase)) {
            findings.add(Finding.problem(
                    "replication slot",
                    "\"" + names.slot() + "\" belongs to "
                            + (slotDatabase == null ? "physical replication" : "database \"" + slotDatabase + "\"")
                            + " of the same cluster, and a cluster carries one source; run this source's database in"
                            + " another cluster, or drop that slot if nobody needs it"));
        }
        int maxSlots = row.getInt("max_slots");
        long usedSlots = row.getLong("used_slots");
        if (!row.getBoolean("slot_exists") && usedSlots >= maxSlots) {
            findings.add(
                    Finding.problem(
                            "max_replication_slots",
                            "all " + maxSlots + " are in use and the slot \"" + names.slot()
                                    + "\" does not exist yet; raise max_replication_slots (needs a restart) or drop an unused slot"));
        } else {
            findings.add(Finding.ok("max_replication_slots", usedSlots + " of " + maxSlots + " in use"));
        }
        int maxSenders = row.getInt("max_senders");
        long usedSenders = row.getLong("used_senders");
        if (!row.getBoolean("slot_active") && usedSenders >= maxSenders) {
            findings.add(Finding.problem(
                    "max_wal_senders", "all " + maxSenders + " are in use; raise max_wal_senders (needs a restart)"));
        } else {
            findings.add(Finding.ok("max_wal_senders", usedSenders + " of " + maxSenders + " in use"));
        }
    }
}
