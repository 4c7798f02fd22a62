package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.load.Writers;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** What is in a database before a relay sees it for the first time. */
final class Beginnings {
    private static final int MOST_TRANSACTIONS = 300;
    private static final int LONGEST_OPEN_MILLIS = 4_000;

    private Beginnings() {}

    static void writeRows(World world, Random random) throws Exception {
        Writers.writeSome(world::connect, 1 + random.nextInt(MOST_TRANSACTIONS), random.nextLong());
    }

    /** As pg_dump brings them: with the transaction ids of another cluster. */
    static void importRows(World world, Random random) throws Exception {
        writeRows(world, random);
        Sql.execute(
                world.database(),
                "UPDATE outbox.event_default SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8");
    }

    /** A transaction that began before the relay does and ends later. */
    static void openTransaction(World world, Random random) throws SQLException {
        Connection connection = world.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_current_xact_id()");
        }
        int millis = random.nextInt(LONGEST_OPEN_MILLIS);
        Thread.ofVirtual().start(() -> commitAfter(millis, connection));
    }

    private static void commitAfter(int millis, Connection connection) {
        try (connection) {
            Thread.sleep(millis);
            connection.commit();
        } catch (SQLException e) {
            // the database went away: the transaction has ended, too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
