package dev.aftercommit.demo.consuming;

import dev.aftercommit.consumer.OutboxConsumerBuilder;
import io.javalin.config.RoutesConfig;
import java.util.UUID;

/** What makes one consuming service different from another. Thread-safe. */
public interface ConsumingParts {
    /** The object with its {@code @Handles} methods. */
    Object handlers();

    /** Sets what its consumer does otherwise than by the SDK's defaults. */
    default void configure(OutboxConsumerBuilder consumer) {}

    /** Adds the routes that show what the events have made of its database. */
    void register(RoutesConfig routes);

    /** Somebody has discarded a dead event: it will never be handled. */
    default void discarded(UUID eventId) {}
}
