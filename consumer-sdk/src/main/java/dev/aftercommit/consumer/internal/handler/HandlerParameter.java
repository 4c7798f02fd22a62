package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.contract.EventEnvelope;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.util.List;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** What a parameter of a handler method stands for. */
enum HandlerParameter {
    EVENT,
    ENVELOPE,
    EVENTS,
    ENVELOPED_EVENTS,
    CONNECTION,
    DSL_CONTEXT,
    CONFIGURATION;

    /** The kind of a parameter of this type; null when a handler cannot take one. */
    static @Nullable HandlerParameter of(Type type, Class<?> eventClass) {
        if (type instanceof ParameterizedType generic) {
            return of(generic, eventClass);
        } else if (type == eventClass) {
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

    private static @Nullable HandlerParameter of(ParameterizedType type, Class<?> eventClass) {
        if (type.getRawType() != List.class) {
            return null;
        }
        Type of = type.getActualTypeArguments()[0];
        if (of == eventClass) {
            return EVENTS;
        }
        return of instanceof ParameterizedType enveloped
                        && enveloped.getRawType() == EnvelopedEvent.class
                        && enveloped.getActualTypeArguments()[0] == eventClass
                ? ENVELOPED_EVENTS
                : null;
    }

    boolean isEvent() {
        return this == EVENT || isSeveral();
    }

    boolean isSeveral() {
        return this == EVENTS || this == ENVELOPED_EVENTS;
    }

    boolean isTransaction() {
        return this == CONNECTION || this == DSL_CONTEXT || this == CONFIGURATION;
    }
}
