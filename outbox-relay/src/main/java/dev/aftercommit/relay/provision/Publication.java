package dev.aftercommit.relay.provision;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.capture.SlotNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The publication: inserts into outbox.event and nothing else. */
final class Publication {
    private static final String COLUMNS = "id, aggregate_type, aggregate_id, event_type, payload, headers";

    private static final String LOOK = """
            SELECT p.puballtables, p.pubinsert, p.pubupdate OR p.pubdelete OR p.pubtruncate AS publishes_more, p.pubviaroot,
                   (SELECT string_agg(t.schemaname || '.' || t.tablename, ', ')
                      FROM pg_publication_tables t WHERE t.pubname = p.pubname) AS tables
              FROM pg_publication p WHERE p.pubname = ?
            """;

    private Publication() {}

    /** Whether it exists; an existing one must be what the contract says. */
    static boolean check(Connection connection, SlotNames names) throws SQLException {
        try (PreparedStatement statement = prepared(connection, names);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return false;
            }
            List<String> problems = new ArrayList<>();
            if (row.getBoolean("puballtables") || !"outbox.event".equals(row.getString("tables"))) {
                problems.add("it publishes " + row.getString("tables") + " instead of only outbox.event");
            }
            if (!row.getBoolean("pubinsert") || row.getBoolean("publishes_more")) {
                problems.add("it must publish inserts and nothing else");
            }
            if (!row.getBoolean("pubviaroot")) {
                problems.add("publish_via_partition_root is off");
            }
            if (!problems.isEmpty()) {
                throw new AftercommitException(
                        ErrorCode.DATABASE_UNSUITABLE,
                        "Publication \"" + names.publication() + "\" is not the outbox's: "
                                + String.join("; ", problems)
                                + ". Set it with ALTER PUBLICATION while the relay is stopped.");
            }
            return true;
        }
    }

    private static PreparedStatement prepared(Connection connection, SlotNames names) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(LOOK);
        statement.setString(1, names.publication());
        return statement;
    }

    /** Makes it. Must come before the slot: WAL from before a publication cannot be decoded with it. */
    static void create(Connection connection, SlotNames names) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean columnLists = connection.getMetaData().getDatabaseMajorVersion() >= 15;
            statement.execute("CREATE PUBLICATION \"" + names.publication() + "\" FOR TABLE outbox.event"
                    + (columnLists ? " (" + COLUMNS + ")" : "")
                    + " WITH (publish = 'insert', publish_via_partition_root = true)");
        }
    }
}
