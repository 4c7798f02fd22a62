package dev.aftercommit.consumer.internal.attempt;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whose fault it is that a transaction failed. */
public enum FailureKind {
    /** The database is away, restarting, full or read-only: wait for it, and look again what was committed. */
    DATABASE,
    /** Two transactions got into each other's way and this one lost: the same again is likely to pass. */
    CONFLICT,
    /** Everything else: an attempt that failed. */
    ATTEMPT;

    private static final int MAX_CAUSES = 20;
    private static final int ANSWER_SECONDS = 5;
    private static final String READ_ONLY = "25006";
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";

    /**
     * Of a failure in a transaction. If its connection has outlived that, a connection that is gone was another one's, such as
     * that of another database which a handler asks.
     */
    static FailureKind in(Connection connection, Throwable failure) {
        return causes(failure).anyMatch(FailureKind::isGone) && isAlive(connection) ? ATTEMPT : of(failure);
    }

    /**
     * Of a commit. A manager may add what the database said to an error of its own as suppressed, or throw what came after it
     * instead: a pool that has given up a connection says so without the state that every error of a database has.
     */
    static FailureKind ofCommit(Throwable failure) {
        List<SQLException> said = chain(failure)
                .flatMap(cause -> Stream.concat(Stream.of(cause), Arrays.stream(cause.getSuppressed())))
                .flatMap(FailureKind::causes)
                .toList();
        return said.stream().anyMatch(sql -> sqlState(sql).isEmpty()) ? DATABASE : of(said);
    }

    /** Looks through the causes, since handlers and libraries wrap what the database said. */
    public static FailureKind of(Throwable failure) {
        return of(causes(failure).toList());
    }

    private static FailureKind of(List<SQLException> said) {
        if (said.stream().anyMatch(sql -> isGone(sql) || cannotGoOn(sqlState(sql)))) {
            return DATABASE;
        }
        return said.stream().anyMatch(sql -> isConflict(sqlState(sql))) ? CONFLICT : ATTEMPT;
    }

    private static Stream<SQLException> causes(Throwable failure) {
        return chain(failure).filter(SQLException.class::isInstance).map(SQLException.class::cast);
    }

    private static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
    }

    private static boolean isAlive(Connection connection) {
        try {
            return connection.isValid(ANSWER_SECONDS);
        } catch (SQLException gone) {
            return false;
        }
    }

    private static boolean isGone(SQLException failure) {
        String state = sqlState(failure);
        return state.startsWith("08")
                || state.startsWith("57P")
                || failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException;
    }

    private static boolean cannotGoOn(String state) {
        return state.startsWith("53") || state.equals(READ_ONLY);
    }

    private static boolean isConflict(String state) {
        return state.equals(SERIALIZATION_FAILURE) || state.equals(DEADLOCK);
    }

    private static String sqlState(SQLException failure) {
        @Nullable String state = failure.getSQLState();
        return state == null ? "" : state;
    }
}
