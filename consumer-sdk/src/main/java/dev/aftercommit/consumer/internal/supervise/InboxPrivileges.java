package dev.aftercommit.consumer.internal.supervise;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What a consumer's login has to be allowed in the schema {@code inbox}. */
final class InboxPrivileges {
    private static final String LACKING = """
            SELECT string_agg(format('GRANT %s ON inbox.%I TO %I', array_to_string(needed.privileges, ', '), needed.name,
                              current_user), '; ' ORDER BY needed.name)
              FROM (VALUES ('checkpoint', '{SELECT,INSERT,UPDATE,DELETE}'::text[]),
                           ('parked_event', '{SELECT,INSERT,UPDATE,DELETE}'),
                           ('start_request', '{SELECT,INSERT,UPDATE}'),
                           ('processed_event', '{SELECT,INSERT,DELETE}')) needed (name, privileges)
             WHERE (needed.name <> 'processed_event' OR ?) AND EXISTS (SELECT FROM unnest(needed.privileges) privilege
                            WHERE NOT has_table_privilege('inbox.' || needed.name, privilege))
            """;

    private InboxPrivileges() {}

    /**
     * Does nothing but find out whether this login may do what a consumer does, on tables of this version.
     *
     * @param inParallel whether it notes events one by one
     * @throws SQLException when not; its message says what to grant
     */
    static void require(Connection connection, boolean inParallel) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LACKING)) {
            select.setBoolean(1, inParallel);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                String lacking = row.getString(1);
                if (lacking != null) {
                    throw new SQLException(
                            "its login lacks privileges, which the owner of the schema has to grant: " + lacking);
                }
            }
        }
    }
}
