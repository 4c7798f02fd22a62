package dev.aftercommit.testkit.internal.fuzz;

import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.testkit.HandlerFuzz;
import java.time.Duration;
import java.util.List;

/**
 * What is played.
 *
 * @param consumer starts an instance
 * @param events in order
 * @param queries whose results are compared
 * @param seed of the first run; each has the next one
 * @param runs how many schedules
 * @param patience with a consumer that does not go on
 */
public record FuzzConfig(
        HandlerFuzz.ConsumerInstance consumer,
        List<Object> events,
        List<String> queries,
        long seed,
        int runs,
        Duration patience) {
    public FuzzConfig {
        events = List.copyOf(events);
        queries = List.copyOf(queries);
    }

    /** The aggregate of each event. */
    List<String> aggregates() {
        return events.stream().map(FuzzConfig::aggregate).toList();
    }

    /** An event as failures name it: its number in the list, its type and its aggregate. */
    String name(int event) {
        Object named = events.get(event);
        return (event + 1) + ". " + EventDescriptor.of(named.getClass()).eventType() + " of " + aggregate(named);
    }

    int count() {
        return events.size();
    }

    private static String aggregate(Object event) {
        EventDescriptor descriptor = EventDescriptor.of(event.getClass());
        return descriptor.aggregateType() + '/' + descriptor.aggregateIdOf(event);
    }
}
