package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.handler.EventHandlers;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An event whose handling failed, in words without its payload: messages of errors often quote data, so they stay out.
 *
 * @param attempt how often it was tried, from 1
 */
record FailingEvent(Delivery delivery, @Nullable HandlerMethod handler, Throwable failure, int attempt) {

    static FailingEvent of(Delivery delivery, EventHandlers handlers, Throwable failure, int attempt) {
        return new FailingEvent(delivery, handler(delivery, handlers), failure, attempt);
    }

    Waiting waitingUntil(Instant next) {
        return new Waiting(
                reason(),
                what(),
                delivery.eventId(),
                attempt,
                failure.getClass().getName(),
                next);
    }

    /** Such as: event 0198... (outbox.accounts.account.AccountCreated.07, sequence 12) failed in ... with .... */
    String what() {
        String event =
                "event " + delivery.eventId() + " (" + delivery.subject() + ", sequence " + delivery.sequence() + ")";
        return switch (reason()) {
            case PAYLOAD_UNREADABLE ->
                event + " has a payload that cannot be read as "
                        + (handler == null
                                ? "an event"
                                : handler.event().eventClass().getName())
                        + ": make the class accept it";
            case MALFORMED_MESSAGE -> event + " does not carry what the contract says: find out who published it";
            default -> event + " failed in " + (handler == null ? "its handler" : handler.name()) + " with " + error();
        };
    }

    private Waiting.Reason reason() {
        if (failure instanceof AftercommitException e) {
            return switch (e.code()) {
                case PAYLOAD_UNREADABLE -> Waiting.Reason.PAYLOAD_UNREADABLE;
                case MALFORMED_MESSAGE -> Waiting.Reason.MALFORMED_MESSAGE;
                default -> Waiting.Reason.HANDLER_FAILED;
            };
        }
        return Waiting.Reason.HANDLER_FAILED;
    }

    private String error() {
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

    private static @Nullable HandlerMethod handler(Delivery delivery, EventHandlers handlers) {
        try {
            EventEnvelope envelope = delivery.envelope();
            return handlers.find(envelope);
        } catch (AftercommitException malformed) {
            return null;
        }
    }
}
