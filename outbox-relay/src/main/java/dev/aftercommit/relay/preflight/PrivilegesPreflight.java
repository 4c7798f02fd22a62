package dev.aftercommit.relay.preflight;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the login has what the role {@code outbox_relay} has, by itself or as a member of that role. Changes
 * nothing.
 */
final class PrivilegesPreflight {
    /** By catalog: to name a table of a schema that the role may not use is an error. */
    private static final String MISSING = """
            WITH schema AS (SELECT oid FROM pg_namespace WHERE nspname = 'outbox'),
            needed (n, name, privilege, columns) AS (VALUES
                (1, 'event', 'SELECT', NULL::text[]),
                (2, 'history', 'SELECT', NULL),
                (2, 'history', 'UPDATE', '{stream_config,stream_first,stream_holes,publication}'),
                (3, 'epoch', 'SELECT', NULL),
                (3, 'epoch', 'INSERT', '{epoch,slot_name,system_identifier,first_lsn,reason}'),
                (4, 'journal', 'SELECT', NULL),
                (4, 'journal', 'INSERT', NULL),
                (5, 'incident', 'SELECT', NULL),
                (5, 'incident', 'INSERT', '{kind,epoch,first_position,last_position,events,ghosts,late,detail}'),
                (6, 'parked_event', 'SELECT', NULL),
                (6, 'parked_event', 'INSERT', '{event_id,aggregate_type,aggregate_id,position,reason,detail}'),
                (6, 'parked_event', 'UPDATE', '{requested,requested_at}'),
                (6, 'parked_event', 'DELETE', NULL),
                (7, 'dropped_partition', 'SELECT', NULL))
            SELECT n, string_agg(privilege
                       || COALESCE(' (' || (SELECT string_agg(quote_ident(name), ', ') FROM unnest(columns) AS c(name)) || ')', ''),
                       ', ' ORDER BY array_position('{SELECT,INSERT,UPDATE,DELETE}'::text[], privilege)) AS privileges,
                   'outbox.' || name AS object
              FROM needed
              JOIN pg_class c ON c.relname = name AND c.relnamespace = (SELECT oid FROM schema)
             WHERE CASE WHEN columns IS NULL THEN NOT has_table_privilege(c.oid, privilege)
                        ELSE EXISTS (SELECT FROM unnest(columns) AS u(name)
                                      WHERE NOT has_column_privilege(c.oid, u.name, privilege))
                   END
             GROUP BY n, name
            UNION ALL
            SELECT 0, 'USAGE', 'SCHEMA outbox' FROM schema WHERE NOT has_schema_privilege(oid, 'USAGE')
            UNION ALL
            SELECT 8, 'EXECUTE', format('FUNCTION outbox.%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid))
              FROM pg_proc p
             WHERE p.pronamespace = (SELECT oid FROM schema)
               AND p.proname IN ('journal_events', 'mend_publication', 'make_partition', 'drop_partition',
                                 'prune_journal', 'partition_status', 'time_of')
               AND NOT has_function_privilege(p.oid, 'EXECUTE')
             ORDER BY 1, 3
            """;

    private static final String ROLES = """
            SELECT quote_ident(current_user),
                   (SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = 'outbox_relay')
            """;

    private PrivilegesPreflight() {}

    private record Privilege(String names, String object) {}

    static Finding inspect(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            List<Privilege> missing = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(MISSING)) {
                while (row.next()) {
                    missing.add(new Privilege(row.getString("privileges"), row.getString("object")));
                }
            }
            try (ResultSet row = statement.executeQuery(ROLES)) {
                row.next();
                return finding(missing, row.getString(1), row.getObject(2, Boolean.class));
            }
        }
    }

    /**
     * What is missing, and the statements that mend it.
     *
     * @param member whether the login is a member of {@code outbox_relay}; null when there is no such role
     */
    private static Finding finding(List<Privilege> missing, String login, @Nullable Boolean member) {
        if (missing.isEmpty()) {
            return Finding.ok("privileges", login + " may read the outbox and keep its journal");
        }
        String lacks = "role " + login + " lacks "
                + missing.stream()
                        .map(each -> each.names() + " on " + each.object())
                        .collect(Collectors.joining("; "));
        if (Boolean.FALSE.equals(member)) {
            return Finding.problem("privileges", lacks + "; run as an administrator: GRANT outbox_relay TO " + login);
        }
        String grantee = member == null ? login : "outbox_relay";
        return Finding.problem(
                "privileges",
                lacks + "; run as the owner: "
                        + missing.stream()
                                .map(each -> "GRANT " + each.names() + " ON " + each.object() + " TO " + grantee)
                                .collect(Collectors.joining("; ")));
    }
}
