package dev.aftercommit.consumer.spi;

import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.util.List;

/**
 * A handler that is about to be called.
 *
 * @param consumer the consumer's name
 * @param events what it is called for, in order; at least one
 * @param handler the method, such as {@code com.example.DirectoryHandlers.on(AccountCreated, DSLContext)}
 * @param transaction what the handler works in; cannot be committed, rolled back or closed, and is not to be used after the call
 */
public record HandlerCall(String consumer, List<EventEnvelope> events, String handler, Connection transaction) {
    public HandlerCall {
        events = List.copyOf(events);
    }
}
