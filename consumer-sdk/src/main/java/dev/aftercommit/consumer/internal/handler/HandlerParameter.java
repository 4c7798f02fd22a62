package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** What a parameter of a handler method stands for. */
enum HandlerParameter {
    EVENT,
    ENVELOPE,
    CONNECTION,
    DSL_CONTEXT,
    CONFIGURATION;

    /** The kind of a parameter of this type; null when a handler cannot take one. */
    static @Nullable HandlerParameter of(Class<?> type, Class<?> eventClass) {
        if (type == eventClass) {
            return EVENT;
        } else if (type == EventEnvelope.class) {
            return ENVELOPE;
        } else if (type == Connection.class) {
            return CONNECTION;
        } else if (type == DSLContext.class) {
            return DSL_CONTEXT;
        } else if (type == Configuration.class) {
            return CONFIGURATION;
        }
        return null;
    }

    boolean isTransaction() {
        return this == CONNECTION || this == DSL_CONTEXT || this == CONFIGURATION;
    }
}
