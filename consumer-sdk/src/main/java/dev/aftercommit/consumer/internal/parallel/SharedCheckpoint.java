package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.internal.attempt.AnswerTimeout;
import dev.aftercommit.consumer.internal.attempt.DatabaseWork;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The one checkpoint of a parallel consumer in the database, which all instances move. */
record SharedCheckpoint(ConsumerConfig config) {
    /** One that was restored from a backup, or that another server goes on with, has another answer. */
    private static final String DATABASE = "SELECT concat_ws(' ', 'inbox.processed_event'::regclass::oid,"
            + " (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()),"
            + " extract(epoch FROM pg_postmaster_start_time()))";

    /**
     * What the database says.
     *
     * @param at null when the consumer is new
     * @param database which one it is, and since when it runs
     */
    record Seen(@Nullable Checkpoint at, String database) {}

    private CheckpointTable table() {
        return new CheckpointTable(config.identity());
    }

    Seen load() throws SQLException {
        try (Connection connection = config.dataSource().getConnection();
                AnswerTimeout bound = AnswerTimeout.over(connection)) {
            return new Seen(table().load(connection, CheckpointTable.ALL_PARTITIONS), database(connection));
        }
    }

    /**
     * Moves it.
     *
     * @throws CheckpointMovedException when somebody else has, or when it is another database than it was
     */
    void move(Seen from, Checkpoint to) throws SQLException, CheckpointMovedException {
        boolean moved = DatabaseWork.autoCommitted(config.dataSource(), connection -> {
            try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
                return database(connection).equals(from.database())
                        && table().move(connection, CheckpointTable.ALL_PARTITIONS, from.at(), to);
            }
        });
        if (!moved) {
            throw new CheckpointMovedException(CheckpointTable.ALL_PARTITIONS);
        }
    }

    private static String database(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(DATABASE);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
