package dev.aftercommit.consumer.micrometer;

import dev.aftercommit.consumer.ConsumerStatus;
import dev.aftercommit.consumer.Lag;
import dev.aftercommit.consumer.PartitionStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of each partition, which are there while this instance owns it: sums over instances are right. Thread-safe. */
final class PartitionMeters {
    private final Supplier<ConsumerStatus> status;
    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<Integer, RegisteredMeters> owned = new HashMap<>();
    private boolean ended;

    PartitionMeters(Supplier<ConsumerStatus> status, MeterRegistry registry, Tags tags) {
        this.status = status;
        this.registry = registry;
        this.tags = tags;
    }

    /** A partition that changes meanwhile is told of after this. */
    synchronized void begin() {
        status.get().partitions().forEach(this::changed);
    }

    synchronized void changed(PartitionStatus now) {
        if (now.owned() && !ended) {
            owned.computeIfAbsent(now.partition(), this::register);
        } else {
            remove(now.partition());
        }
    }

    /** Also of a partition that is told of later. */
    synchronized void remove() {
        ended = true;
        List.copyOf(owned.keySet()).forEach(this::remove);
    }

    private void remove(int partition) {
        RegisteredMeters meters = owned.remove(partition);
        if (meters != null) {
            meters.remove();
        }
    }

    private RegisteredMeters register(int partition) {
        RegisteredMeters meters = new RegisteredMeters(registry);
        Tags its = tags.and("partition", String.format("%02d", partition));
        meters.add(into -> Gauge.builder(
                        ConsumerMeters.PREFIX + "lag", status, now -> lag(now.get(), partition, Lag::events))
                .description("Events that the stream holds and that are not handled")
                .baseUnit("events")
                .tags(its)
                .register(into));
        meters.add(into -> TimeGauge.builder(
                        ConsumerMeters.PREFIX + "lag.age",
                        status,
                        TimeUnit.SECONDS,
                        now -> lag(now.get(), partition, lag -> ConsumerMeters.seconds(lag.age(), Double.NaN)))
                .description("How long ago the oldest event that is not handled was committed")
                .tags(its)
                .register(into));
        return meters;
    }

    private static double lag(ConsumerStatus now, int partition, ToDoubleFunction<Lag> value) {
        return now.partitions().stream()
                .filter(each -> each.partition() == partition)
                .map(PartitionStatus::lag)
                .filter(Objects::nonNull)
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }
}
