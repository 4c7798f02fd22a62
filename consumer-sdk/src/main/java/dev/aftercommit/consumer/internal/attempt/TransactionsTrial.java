package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.spi.HandlerTransactions;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Tries out, before there are events, whether those who carry transactions commit and roll back, in the consumer's database. */
public final class TransactionsTrial {
    private static final String DATABASE =
            "SELECT 'the database ' || current_database() || ' of the server that runs since '"
                    + " || to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
    private static final String TRANSACTION = "SELECT pg_current_xact_id()::text";

    private final HandlerTransactions managed;
    private final Transactions transactions;

    private TransactionsTrial(DataSource dataSource, HandlerTransactions managed) {
        this.managed = managed;
        this.transactions = new Transactions(dataSource, managed);
    }

    /**
     * Tries them, if there are any.
     *
     * @param managed carries the transactions of handlers; null when the data source does
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} that says what it does wrong, or
     *     {@link ErrorCode#DATABASE_UNAVAILABLE}
     */
    public static void require(DataSource dataSource, @Nullable HandlerTransactions managed) {
        if (managed != null) {
            new TransactionsTrial(dataSource, managed).require();
        }
    }

    private void require() {
        String home = committed(transactions.run(connection -> ask(connection, DATABASE)));
        committed(transactions.handle(transaction -> begin(transaction, home)));
        IllegalStateException failure = new IllegalStateException("to be rolled back");
        Outcome<String> outcome = transactions.handle(transaction -> {
            begin(transaction, home);
            throw failure;
        });
        if (outcome instanceof Outcome.Failed<String>(Throwable found) && !found.equals(failure)) {
            throw refused("it commits what has failed; roll back whenever the work throws", found);
        }
    }

    private String begin(RunningTransaction transaction, String home) throws SQLException {
        Connection connection = transaction.connection();
        if (connection.getAutoCommit()) {
            throw new SQLException("its connections have autocommit on, so that each statement is a transaction");
        }
        String database = ask(connection, DATABASE);
        if (!database.equals(home)) {
            throw new SQLException("it leads to " + database + ", and dataSource(...) to " + home);
        }
        String id = ask(connection, TRANSACTION);
        transaction.begun(id, () -> managed.getClass().getName());
        return id;
    }

    private static String ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
        }
    }

    private String committed(Outcome<String> outcome) {
        return switch (outcome) {
            case Outcome.Committed<String>(String answer) -> answer;
            case Outcome.Failed<String>(Throwable failure) -> throw refused(failure.getMessage(), failure);
            case Outcome.Conflict<String>(Throwable failure) -> throw refused(failure.getMessage(), failure);
            case Outcome.DatabaseAway<String>(Throwable failure) ->
                throw FailureKind.of(failure) == FailureKind.DATABASE
                        ? unavailable(failure)
                        : refused(failure.getMessage(), failure);
            case Outcome.OwnerChanged<String>(Throwable how) -> throw refused(how.getMessage(), how);
        };
    }

    private AftercommitException refused(@Nullable String why, Throwable cause) {
        return new AftercommitException(
                ErrorCode.INVALID_SETTING,
                "transactions(" + managed.getClass().getName() + ") cannot carry the transactions of handlers: " + why,
                cause);
    }

    private static AftercommitException unavailable(Throwable failure) {
        return new AftercommitException(
                ErrorCode.DATABASE_UNAVAILABLE,
                "The consumer's database cannot be reached through transactions(...): " + failure.getMessage()
                        + ". Start it, or correct what they are made with.",
                failure);
    }
}
