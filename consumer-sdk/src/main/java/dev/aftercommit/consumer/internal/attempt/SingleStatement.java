package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One statement that is its own transaction, for callers from outside, who get to know what went wrong in words. */
public final class SingleStatement {
    private SingleStatement() {}

    /** Sets its parameters and reads its result. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(PreparedStatement statement) throws SQLException;
    }

    /**
     * Runs it on a connection of its own.
     *
     * @param about what it is about, such as: dead events
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE} or {@link ErrorCode#DATABASE_UNSUITABLE}
     */
    public static <T> T run(DataSource dataSource, String about, String sql, Question<T> question) {
        try {
            return DatabaseWork.autoCommitted(dataSource, connection -> {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    return question.ask(statement);
                }
            });
        } catch (SQLException e) {
            boolean isAway = FailureKind.of(e) == FailureKind.DATABASE;
            throw new AftercommitException(
                    isAway ? ErrorCode.DATABASE_UNAVAILABLE : ErrorCode.DATABASE_UNSUITABLE,
                    "The consumer's database does not answer about " + about + ": " + e.getMessage(),
                    e);
        }
    }
}
