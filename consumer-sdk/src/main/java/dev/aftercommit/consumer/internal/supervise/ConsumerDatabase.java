package dev.aftercommit.consumer.internal.supervise;

import dev.aftercommit.consumer.internal.attempt.FailureKind;
import dev.aftercommit.consumer.internal.attempt.TransactionsTrial;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.parking.ParkedTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.migrations.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The database that a consumer finds when it starts. */
record ConsumerDatabase(ConsumerConfig config) {
    /**
     * Brings the inbox up to date where that is wanted, and finds out whether everything is there that a consumer needs.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE}, {@link ErrorCode#DATABASE_UNSUITABLE} or, where it
     *     does not fit to how the consumer is built, {@link ErrorCode#INVALID_SETTING}
     */
    void requireReady() {
        prepare();
        requireSameWay();
        TransactionsTrial.require(config.dataSource(), config.transactions());
    }

    /** Every stream that a checkpoint belongs to. */
    List<String> streams() throws SQLException {
        try (Connection connection = config.dataSource().getConnection()) {
            return new CheckpointTable(config.identity()).streams(connection);
        }
    }

    private void prepare() {
        try {
            config.dataSource().getConnection().close();
            if (config.migrate()) {
                Migrations.inbox(config.dataSource()).migrate();
            }
            requireTables();
        } catch (SQLException | RuntimeException e) {
            if (FailureKind.of(e) == FailureKind.DATABASE) {
                throw new AftercommitException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "The consumer's database cannot be reached: " + e.getMessage()
                                + ". Start it, or correct the data source.",
                        e);
            }
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNSUITABLE,
                    "The consumer's database is not ready: " + e.getMessage()
                            + ". Let this role make and update the schema inbox, or do it with another role and set"
                            + " migrate(false); in any case it reads and writes the tables of that schema.",
                    e);
        }
    }

    /** Reads every column that workers read, and asks for what they need to write. */
    private void requireTables() throws SQLException {
        try (Connection connection = config.dataSource().getConnection()) {
            new CheckpointTable(config.identity()).load(connection, 0);
            new ParkedTable(config.identity()).counts(connection);
            InboxPrivileges.require(connection, config.reading().mode().isInParallel());
        }
    }

    /** Whoever switched would handle everything again, since the checkpoints of one way say nothing in the other. */
    private void requireSameWay() {
        boolean inParallel = config.reading().mode().isInParallel();
        try (Connection connection = config.dataSource().getConnection()) {
            if (!new CheckpointTable(config.identity()).areOfAnotherWay(connection, inParallel)) {
                return;
            }
        } catch (SQLException e) {
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The consumer's database does not say how far it is: " + e.getMessage(),
                    e);
        }
        throw new AftercommitException(
                ErrorCode.INVALID_SETTING,
                "The consumer " + config.identity() + " has handled events "
                        + (inParallel ? "in order" : "in parallel") + " so far, and is built to handle them "
                        + (inParallel ? "in parallel" : "in order")
                        + ", where its checkpoints mean nothing. Build it as it was, or with another name and startAt(...).");
    }
}
