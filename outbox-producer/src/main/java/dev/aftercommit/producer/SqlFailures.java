package dev.aftercommit.producer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL's refusals mean to whoever emits. The cause stays the driver's {@link SQLException}, and the message
 * names its SQLState, so that code that retries serialization failures still finds them.
 */
final class SqlFailures {
    private SqlFailures() {}

    static AftercommitException ofInsert(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            case "42P01", "3F000", "42703" ->
                failure(
                        ErrorCode.DATABASE_UNSUITABLE,
                        e,
                        "Run `outbox-relay migrate` for this database (or Migrations.outbox(dataSource).migrate()).");
            case "42501" ->
                failure(
                        ErrorCode.DATABASE_UNSUITABLE,
                        e,
                        "Let the service's role emit: GRANT outbox_writer TO it; `outbox-relay migrate` makes that role.");
            case "25006" ->
                failure(
                        ErrorCode.DATABASE_UNSUITABLE,
                        e,
                        "Emit in a transaction that may write, on the primary server.");
            case "23514" ->
                failure(
                        ErrorCode.DATABASE_UNSUITABLE,
                        e,
                        "The table allows less than this library: use the same release for both.");
            case "22P02" ->
                failure(ErrorCode.PAYLOAD_UNREADABLE, e, "An event's raw JSON (@JsonRawValue?) must be valid JSON.");
            case "25P02" ->
                failure(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        e,
                        "An earlier statement of this transaction failed; look for its error, and roll back.");
            case "40001", "40P01" ->
                failure(ErrorCode.DATABASE_UNAVAILABLE, e, "Roll back and run the whole transaction again.");
            default -> failure(ErrorCode.DATABASE_UNAVAILABLE, e, "Roll back; the event is not emitted.");
        };
    }

    static AftercommitException ofConnection(Exception e) {
        return failure(
                ErrorCode.DATABASE_UNAVAILABLE,
                e,
                "Emit while the transaction's connection is open; nothing was sent.");
    }

    private static AftercommitException failure(ErrorCode code, Exception e, String whatToDo) {
        String state = e instanceof SQLException sql && sql.getSQLState() != null
                ? " (SQLState " + sql.getSQLState() + ")"
                : "";
        return new AftercommitException(
                code, "The event could not be emitted: " + firstLine(e.getMessage()) + state + ". " + whatToDo, e);
    }

    /** The further lines of PostgreSQL's message quote the row, and payloads belong in no log. */
    private static String firstLine(@Nullable String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("");
    }
}
