package dev.aftercommit.consumer.spi;

import java.sql.Connection;
import java.util.List;

/**
 * Emits what handlers return. With the module {@code outbox-producer} it is {@code Outbox::emitAll}. Implementations are safe
 * for use by many threads.
 */
@FunctionalInterface
public interface EventEmitter {
    /**
     * Emits events in a handler's transaction; what it throws is a failure of the handler.
     *
     * @param transaction of the handler, which must not be ended
     * @param events in the order in which the handler returned them, at least one
     */
    void emit(Connection transaction, List<Object> events);
}
