package dev.aftercommit.consumer.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * Meters that are taken out of their registry together. Thread-safe.
 *
 * @param all in it
 */
record RegisteredMeters(MeterRegistry registry, Queue<Meter> all) {
    RegisteredMeters(MeterRegistry registry) {
        this(registry, new ConcurrentLinkedQueue<>());
    }

    <M extends Meter> M add(Function<MeterRegistry, M> registration) {
        M meter = registration.apply(registry);
        all.add(meter);
        return meter;
    }

    void remove() {
        for (Meter meter = all.poll(); meter != null; meter = all.poll()) {
            registry.remove(meter);
        }
    }
}
