package dev.aftercommit.relay.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/**
 * A slot that was just made, and the snapshot that PostgreSQL exports with it: what the snapshot sees the slot does not
 * deliver, and the other way round. The snapshot lives as long as this is open.
 */
record SlotCreation(Connection replication, long consistentPoint, String snapshot) implements AutoCloseable {
    /** Makes the slot. Waits for every transaction that is older, and says for which. */
    static SlotCreation begin(Database database, String slot, Consumer<String> waits) throws SQLException {
        try (OldTransactions.Watch watch = OldTransactions.watch(database, waits)) {
            Connection replication = database.connectForReplication();
            try (AnswerWatch answer = AnswerWatch.over(database, replication);
                    Statement create = replication.createStatement()) {
                String command = command(database, slot);
                answer.waits();
                try (ResultSet made = create.executeQuery(command)) {
                    made.next();
                    return new SlotCreation(
                            replication, Lsn.of(made.getString("consistent_point")), made.getString("snapshot_name"));
                }
            } catch (SQLException e) {
                replication.close();
                throw e;
            }
        }
    }

    /** From PostgreSQL 17 on with failover, so that a standby can have a copy of it; before that the older form. */
    private static String command(Database database, String slot) throws SQLException {
        try (Connection connection = database.connect()) {
            boolean failover = connection.getMetaData().getDatabaseMajorVersion() >= 17;
            return "CREATE_REPLICATION_SLOT \"" + slot + "\" LOGICAL pgoutput "
                    + (failover ? "(SNAPSHOT 'export', FAILOVER true)" : "EXPORT_SNAPSHOT");
        }
    }

    @Override
    public void close() throws SQLException {
        replication.close();
    }
}
