package dev.aftercommit.consumer.internal.attempt;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
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

    /** Looks through the causes, since handlers and libraries wrap what the database said. */
    public static FailureKind of(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof SQLException sql) {
                FailureKind kind = of(sql);
                if (kind != ATTEMPT) {
                    return kind;
                }
            }
            cause = cause.getCause();
        }
        return ATTEMPT;
    }

    private static FailureKind of(SQLException failure) {
        String state = sqlState(failure);
        if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53") || state.equals(READ_ONLY)) {
            return DATABASE;
        }
        if (state.equals(SERIALIZATION_FAILURE) || state.equals(DEADLOCK)) {
            return CONFLICT;
        }
        boolean connection = failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException;
        return connection ? DATABASE : ATTEMPT;
    }

    private static String sqlState(SQLException failure) {
        @Nullable String state = failure.getSQLState();
        return state == null ? "" : state;
    }
}
