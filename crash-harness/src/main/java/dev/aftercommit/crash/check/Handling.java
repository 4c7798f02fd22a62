package dev.aftercommit.crash.check;

import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What consumers were to do.
 *
 * @param types the event types that have a handler, each as {@code aggregate type/event type}
 * @param poison the events that the handlers refuse until an operator has mended what they stumble over
 * @param settled whether that is done, and everything was redriven or discarded
 */
public record Handling(Set<String> types, Predicate<UUID> poison, boolean settled) {
    public Handling {
        types = Set.copyOf(types);
    }

    boolean concerns(Row row) {
        return types.contains(row.aggregate().type() + "/" + row.eventType());
    }
}
