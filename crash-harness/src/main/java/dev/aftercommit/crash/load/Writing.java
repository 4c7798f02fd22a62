package dev.aftercommit.crash.load;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * One writer on one connection.
 *
 * @param name tells writers apart, also in the names of their prepared transactions
 */
record Writing(String name, Connection connection, Random random, EventSource events, Emitter emitter) {
    static Writing on(Connection connection, String name, Random random) {
        return new Writing(name, connection, random, new EventSource(random), new Emitter(connection));
    }

    String nextPreparedName() {
        return name + "." + UUID.randomUUID();
    }

    /**
     * Ends what this writer has prepared, now or before it lost its connection: a restored database may have prepared
     * transactions again that were committed once. The connection is in autocommit mode.
     */
    void endPrepared() throws SQLException {
        List<String> prepared = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT gid FROM pg_prepared_xacts WHERE gid LIKE '" + name + ".%' ORDER BY prepared")) {
                while (row.next()) {
                    prepared.add(row.getString(1));
                }
            }
            for (String gid : prepared) {
                statement.execute((random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED '" + gid + "'");
            }
        }
    }
}
