package dev.aftercommit.consumer.internal.attempt;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.function.Predicate;
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
    private static final String READ_ONLY = "25006";
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";

    /**
     * Of a failure in a transaction.
     *
     * @param alive whether its connection could be rolled back: then a connection that is gone was another one's, such as
     *     that of another database which a handler asks
     */
    static FailureKind of(Throwable failure, boolean alive) {
        return alive && find(failure, FailureKind::isGone) ? ATTEMPT : of(failure);
    }

    /** Looks through the causes, since handlers and libraries wrap what the database said. */
    public static FailureKind of(Throwable failure) {
        if (find(failure, sql -> isGone(sql) || cannotGoOn(sqlState(sql)))) {
            return DATABASE;
        }
        return find(failure, sql -> isConflict(sqlState(sql))) ? CONFLICT : ATTEMPT;
    }

    private static boolean find(Throwable failure, Predicate<SQLException> what) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof SQLException sql && what.test(sql)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
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
