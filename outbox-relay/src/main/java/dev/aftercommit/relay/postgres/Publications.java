package dev.aftercommit.relay.postgres;

import dev.aftercommit.relay.source.PublicationState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the publication, makes it, and sets it right. */
public final class Publications {
    private static final String COLUMNS = "id, aggregate_type, aggregate_id, event_type, payload, headers";

    private static final String LOOK = """
            SELECT p.puballtables, p.pubinsert, p.pubupdate OR p.pubdelete OR p.pubtruncate AS publishes_more, p.pubviaroot,
                   COALESCE((SELECT string_agg(t.schemaname || '.' || t.tablename, ', ')
                      FROM pg_publication_tables t WHERE t.pubname = p.pubname), 'no table') AS tables,
                   (SELECT string_agg(to_jsonb(t) ->> 'attnames', '; ')
                      FROM pg_publication_tables t WHERE t.pubname = p.pubname) AS columns,
                   EXISTS (SELECT FROM pg_publication_rel r
                            WHERE r.prpubid = p.oid AND to_jsonb(r) ->> 'prqual' IS NOT NULL) AS filters_rows,
                   format('%s/%s %s', p.oid, p.xmin,
                          (SELECT string_agg(format('%s/%s', r.oid, r.xmin), ' ' ORDER BY r.oid)
                             FROM pg_publication_rel r WHERE r.prpubid = p.oid)) AS version
              FROM pg_publication p WHERE p.pubname = ?
            """;

    private Publications() {}

    /** The publication of that name, or null. */
    public static @Nullable PublicationState find(Connection connection, String name) throws SQLException {
        boolean columnLists = hasColumnLists(connection);
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new PublicationState(problems(row, columnLists), row.getString("version")) : null;
            }
        }
    }

    private static List<String> problems(ResultSet row, boolean columnLists) throws SQLException {
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
        if (row.getBoolean("filters_rows")) {
            problems.add("it has a row filter");
        }
        String columns = row.getString("columns");
        if (columnLists && columns != null && !("{" + COLUMNS.replace(" ", "") + "}").equals(normal(columns))) {
            problems.add("it publishes the columns " + columns + " instead of " + COLUMNS);
        }
        return problems;
    }

    private static String normal(String jsonArray) {
        return jsonArray.replaceAll("[\\[\\]\"\\s]", "").transform(names -> '{' + names.replaceAll("[{}]", "") + '}');
    }

    private static boolean hasColumnLists(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() >= 15;
    }

    /**
     * Makes the publication, or sets an altered one right. Must come before the slot: WAL from before a publication
     * cannot be decoded with it.
     */
    static void mend(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT outbox.mend_publication()");
        }
    }
}
