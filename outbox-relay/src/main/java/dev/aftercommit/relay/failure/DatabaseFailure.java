package dev.aftercommit.relay.failure;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.BatchUpdateException;
import java.sql.SQLException;

/** What a failure of PostgreSQL means, in words that say what to do. */
public final class DatabaseFailure {
    private DatabaseFailure() {}

    /**
     * Puts it into words.
     *
     * @param where the database as it may be printed
     */
    public static AftercommitException of(String where, SQLException failure) {
        SQLException e = cause(failure);
        String state = state(e);
        if (state.startsWith("28")) {
            return unsuitable(where, "refuses the login", "Check OUTBOX_DATABASE_USER and OUTBOX_DATABASE_PASSWORD", e);
        }
        return switch (state) {
            case "3D000" -> unsuitable(where, "has no such database", "Check OUTBOX_DATABASE_URL", e);
            case "42501" ->
                unsuitable(
                        where,
                        "denies the role something",
                        "Run outbox-relay doctor: it says which privileges it needs",
                        e);
            case "53300" ->
                unavailable(
                        where,
                        "has no connection left",
                        "Close some, or raise max_connections or max_wal_senders, whichever it names",
                        e);
            case "53400" ->
                unavailable(
                        where, "has no replication slot left", "Drop an unused one, or raise max_replication_slots", e);
            case "08001", "08004" ->
                unavailable(where, "cannot be reached", "Check OUTBOX_DATABASE_URL and that the server runs", e);
            default -> unavailable(where, "failed", "Look into PostgreSQL's log when that does not pass by itself", e);
        };
    }

    /** Connection, login, no such database, too many connections; the rest is about the statement. */
    public static boolean isAboutTheServer(SQLException e) {
        String state = state(e);
        return state.startsWith("08") || state.startsWith("28") || state.startsWith("3D") || state.startsWith("53");
    }

    /** Of a batch the failure itself, without the text of the whole batch around it. */
    private static SQLException cause(SQLException failure) {
        SQLException next = failure instanceof BatchUpdateException ? failure.getNextException() : null;
        return next == null ? failure : next;
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    private static AftercommitException unsuitable(String where, String what, String remedy, SQLException e) {
        return failure(ErrorCode.DATABASE_UNSUITABLE, where, what, remedy, e);
    }

    private static AftercommitException unavailable(String where, String what, String remedy, SQLException e) {
        return failure(ErrorCode.DATABASE_UNAVAILABLE, where, what, remedy, e);
    }

    private static AftercommitException failure(
            ErrorCode code, String where, String what, String remedy, SQLException e) {
        return new AftercommitException(code, where + " " + what + ": " + Reason.of(e) + ". " + remedy + ".", e);
    }
}
