package dev.aftercommit.demo.consuming;

import io.javalin.config.RoutesConfig;

/** What makes one consuming service different from another. Thread-safe. */
public interface ConsumingParts {
    /** The object with its {@code @Handles} methods. */
    Object handlers();

    /** Adds the routes that show what the events have made of its database. */
    void register(RoutesConfig routes);
}
