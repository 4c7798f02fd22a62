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
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The meters of each partition, which are there while this instance owns it: sums over instances are right. Of a parallel
 * consumer those of all partitions together, which every instance has. Thread-safe.
 */
final class PartitionMeters {
    private static final int TOGETHER = -1;

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
        ConsumerStatus now = status.get();
        if (now.parallel() != null && !ended) {
            owned.computeIfAbsent(TOGETHER, key -> register("all", PartitionMeters::together));
        }
        now.partitions().forEach(this::changed);
    }

    synchronized void changed(PartitionStatus now) {
        if (now.owned() && !ended) {
            owned.computeIfAbsent(
                    now.partition(),
                    partition -> register(String.format("%02d", partition), status -> lag(status, partition)));
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

    private RegisteredMeters register(String partition, Function<ConsumerStatus, Stream<Lag>> lag) {
        RegisteredMeters meters = new RegisteredMeters(registry);
        Tags its = tags.and("partition", partition);
        meters.add(into -> Gauge.builder(
                        ConsumerMeters.PREFIX + "lag", status, now -> value(lag.apply(now.get()), Lag::events))
                .description("Events that the stream holds and that are not handled")
                .baseUnit("events")
                .tags(its)
                .register(into));
        meters.add(into -> TimeGauge.builder(
                        ConsumerMeters.PREFIX + "lag.age",
                        status,
                        TimeUnit.SECONDS,
                        now -> value(lag.apply(now.get()), behind -> ConsumerMeters.seconds(behind.age(), Double.NaN)))
                .description("How long ago the oldest event that is not handled was committed")
                .tags(its)
                .register(into));
        return meters;
    }

    private static Stream<Lag> lag(ConsumerStatus now, int partition) {
        return now.partitions().stream()
                .filter(each -> each.partition() == partition)
                .flatMap(each -> Stream.ofNullable(each.lag()));
    }

    private static Stream<Lag> together(ConsumerStatus now) {
        return Stream.ofNullable(now.parallel()).flatMap(parallel -> Stream.ofNullable(parallel.lag()));
    }

    private static double value(Stream<Lag> lag, ToDoubleFunction<Lag> value) {
        return lag.mapToDouble(value).findFirst().orElse(Double.NaN);
    }
}
