package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.spi.FailedAttempt;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An event whose handling failed, in words without its payload: messages of errors often quote data, so they stay out.
 *
 * @param sequence of its message
 * @param handler null when there is none for its type
 */
public record FailedEvent(
        EventEnvelope envelope, long sequence, @Nullable HandlerMethod handler, Throwable failure) {

    /** As listeners are told of it. */
    public FailedAttempt attempt(int number, Decision decision) {
        return switch (decision) {
            case Decision.RetryAfter(Duration pause) -> new FailedAttempt(envelope, number, failure, pause);
            case Decision.Dead dead -> new FailedAttempt(envelope, number, failure, null);
        };
    }

    /** Such as: event 0198... (outbox.accounts.account.AccountCreated.07, sequence 12) failed in ... with .... */
    public String what() {
        String event = "event " + envelope.eventId() + " (" + envelope.subject() + ", sequence " + sequence + ")";
        if (failure instanceof UnreadableEventException) {
            return event + " cannot be read. " + error();
        }
        return event + " failed in " + (handler == null ? "no handler" : handler.name()) + " with " + error();
    }

    /** The error's class, what the database said, and where in the handler it was; or why the event could not be read. */
    public String error() {
        if (failure instanceof UnreadableEventException) {
            return String.valueOf(failure.getMessage());
        }
        String text = failure.getClass().getName();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                text += " (SQLSTATE " + sql.getSQLState() + ")";
                break;
            }
        }
        String handlerClass =
                handler == null ? "" : handler.method().getDeclaringClass().getName();
        String place = Arrays.stream(failure.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith(handlerClass))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
        return text + place;
    }
}
