package dev.aftercommit.relay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The publication: inserts into outbox.event and nothing else.
 *
 * @param problems what is not as the contract says; empty when all is well
 */
public record Publication(List<String> problems) {
    private static final String COLUMNS = "id, aggregate_type, aggregate_id, event_type, payload, headers";

    private static final String LOOK = """
            SELECT p.puballtables, p.pubinsert, p.pubupdate OR p.pubdelete OR p.pubtruncate AS publishes_more, p.pubviaroot,
                   COALESCE((SELECT string_agg(t.schemaname || '.' || t.tablename, ', ')
                      FROM pg_publication_tables t WHERE t.pubname = p.pubname), 'no table') AS tables
              FROM pg_publication p WHERE p.pubname = ?
            """;

    public Publication {
        problems = List.copyOf(problems);
    }

    /** The publication of that name, or null. */
    public static @Nullable Publication find(Connection connection, SlotNames names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setString(1, names.publication());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Publication(problems(row)) : null;
            }
        }
    }

    private static List<String> problems(ResultSet row) throws SQLException {
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
        return problems;
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
