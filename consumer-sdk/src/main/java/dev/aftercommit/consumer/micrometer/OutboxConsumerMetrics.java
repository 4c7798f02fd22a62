package dev.aftercommit.consumer.micrometer;

import dev.aftercommit.consumer.OutboxConsumer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A consumer's metrics; the reference of the consumer lists them. Needs {@code io.micrometer:micrometer-core}.
 *
 * <pre>{@code
 * OutboxConsumerMetrics metrics = new OutboxConsumerMetrics(consumer);
 * metrics.bindTo(registry); // before consumer.start(), so that nothing is missed
 * }</pre>
 *
 * <p>Counted is what this instance does from then on. Close it with the consumer: until then its meters stay in the registry,
 * and those of a consumer that follows under the same name would be refused. Thread-safe.
 */
public final class OutboxConsumerMetrics implements MeterBinder, AutoCloseable {
    private final OutboxConsumer consumer;
    private final List<ConsumerMeters> bound = new CopyOnWriteArrayList<>();

    public OutboxConsumerMetrics(OutboxConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        ConsumerMeters meters = new ConsumerMeters(consumer::status, registry);
        bound.add(meters);
        consumer.addListener(meters);
        meters.begin();
    }

    /** Takes the meters out of every registry that it was bound to. */
    @Override
    public void close() {
        for (ConsumerMeters meters : bound) {
            consumer.removeListener(meters);
            meters.remove();
        }
        bound.clear();
    }
}
