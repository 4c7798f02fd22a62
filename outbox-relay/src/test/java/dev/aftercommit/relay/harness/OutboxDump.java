package dev.aftercommit.relay.harness;

import dev.aftercommit.localservers.Sql;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * What pg_dump and psql bring from one cluster to another: all rows of the schema outbox as they were, those that the
 * relay notes among them. The slot and everything that PostgreSQL counts by itself stay behind.
 */
public final class OutboxDump {
    private static final String TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'outbox'::regnamespace"
            + " AND relkind IN ('r', 'p') AND NOT relispartition";
    private static final String PARTITIONS = "SELECT format('SELECT outbox.add_partition(%L, %L)', c.relname,"
            + " pg_get_expr(c.relpartbound, c.oid)) FROM outbox.partition_bounds() b JOIN pg_class c ON c.oid = b.partition"
            + " WHERE NOT b.is_default";
    private static final String SEQUENCES =
            "SELECT format('SELECT setval(%L, %s)', 'outbox.' || sequencename, last_value)"
                    + " FROM pg_sequences WHERE schemaname = 'outbox' AND last_value IS NOT NULL";

    private OutboxDump() {}

    /** Brings everything into a database that has been migrated and has never been used. */
    public static void restore(RelayWorld from, RelayWorld to) throws SQLException, IOException {
        Sql.query(from.dataSource(), PARTITIONS).forEach(made -> Sql.query(to.dataSource(), made));
        for (String table : Sql.query(from.dataSource(), TABLES)) {
            copy(from.dataSource(), to.dataSource(), "outbox." + table);
        }
        Sql.query(from.dataSource(), SEQUENCES).forEach(set -> Sql.query(to.dataSource(), set));
    }

    private static void copy(DataSource from, DataSource to, String table) throws SQLException, IOException {
        if (!List.of("0").equals(Sql.query(to, "SELECT count(*) FROM " + table))) {
            Sql.execute(to, "TRUNCATE " + table);
        }
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        try (Connection source = from.getConnection();
                Connection target = to.getConnection()) {
            source.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT * FROM " + table + ") TO STDOUT", rows);
            target.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + table + " FROM STDIN", new ByteArrayInputStream(rows.toByteArray()));
        }
    }
}
