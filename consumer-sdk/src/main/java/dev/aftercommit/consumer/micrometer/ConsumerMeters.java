package dev.aftercommit.consumer.micrometer;

import dev.aftercommit.consumer.ConsumerStatus;
import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.spi.Commit;
import dev.aftercommit.consumer.spi.ConsumerListener;
import dev.aftercommit.consumer.spi.FailedAttempt;
import dev.aftercommit.contract.EventEnvelope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The meters of one consumer in one registry. What is counted it is told of, what is now it asks for. Thread-safe. */
final class ConsumerMeters implements ConsumerListener {
    static final String PREFIX = "outbox.consumer.";

    private static final Duration[] DELAYS = Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 30_000, 300_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final double[] SIZES = {1, 2, 5, 10, 25, 50, 100};

    private final Supplier<ConsumerStatus> status;
    private final RegisteredMeters meters;
    private final PartitionMeters partitions;
    private final Tags tags;
    private final Counter handled;
    private final Counter retrying;
    private final Counter dead;
    private final Counter skipped;
    private final DistributionSummary batch;
    private final Timer delay;

    ConsumerMeters(Supplier<ConsumerStatus> status, MeterRegistry registry) {
        this.status = status;
        this.meters = new RegisteredMeters(registry);
        ConsumerStatus now = status.get();
        this.tags = Tags.of("consumer", now.consumer(), "source", now.source());
        this.partitions = new PartitionMeters(status, registry, tags);
        this.handled = counter("handled", "Events that took effect", tags);
        this.retrying = failed("retrying");
        this.dead = failed("dead");
        this.skipped = counter("skipped", "Messages passed over that had been handled before", tags);
        this.batch = meters.add(into -> DistributionSummary.builder(PREFIX + "batch")
                .description("Events in a transaction")
                .baseUnit("events")
                .tags(tags)
                .serviceLevelObjectives(SIZES)
                .register(into));
        this.delay = meters.add(into -> Timer.builder(PREFIX + "commit.to.handled")
                .description("From the commit of the event's transaction to that of its handler's")
                .tags(tags)
                .serviceLevelObjectives(DELAYS)
                .register(into));
        gauges();
    }

    private void gauges() {
        gauge("connected", "1 while NATS is connected", tags, now -> now.connected() ? 1 : 0);
        gauge("partitions.owned", "Partitions that this instance handles", tags, ConsumerStatus::ownedPartitions);
        parked("retrying", ParkedCounts::retrying);
        parked("waiting", ParkedCounts::waiting);
        parked("dead", ParkedCounts::dead);
        for (Waiting.Reason reason : Waiting.Reason.values()) {
            gauge(
                    "waiting",
                    "1 while the consumer, or one of its partitions, does not go on for this reason",
                    tags.and("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-')),
                    now -> waitsFor(now, reason) ? 1 : 0);
        }
        meters.add(into -> TimeGauge.builder(
                        PREFIX + "transaction.age",
                        status,
                        TimeUnit.SECONDS,
                        now -> seconds(now.get().transactionAge(), 0))
                .description("How long the oldest running transaction has been running; 0 when none runs")
                .tags(tags)
                .register(into));
    }

    /** To be called when it listens: it is told of what changes from then on, and looks for what is. */
    void begin() {
        partitions.begin();
    }

    @Override
    public void committed(Commit commit) {
        batch.record(commit.size());
        handled.increment(commit.handled().size());
        Instant now = Instant.now();
        for (EventEnvelope event : commit.handled()) {
            Duration took = Duration.between(event.time(), now);
            delay.record(took.isNegative() ? Duration.ZERO : took); // clocks of two machines
        }
    }

    @Override
    public void failed(FailedAttempt attempt) {
        (attempt.isDead() ? dead : retrying).increment();
    }

    @Override
    public void skipped(int partition, int messages) {
        skipped.increment(messages);
    }

    @Override
    public void partitionChanged(PartitionStatus now) {
        partitions.changed(now);
    }

    void remove() {
        meters.remove();
        partitions.remove();
    }

    private static boolean waitsFor(ConsumerStatus now, Waiting.Reason reason) {
        return Stream.of(
                        Stream.ofNullable(now.waiting()),
                        Stream.ofNullable(now.parallel()).map(ParallelStatus::waiting),
                        now.partitions().stream().map(PartitionStatus::waiting))
                .flatMap(Function.identity())
                .anyMatch(waiting -> waiting != null && waiting.reason() == reason);
    }

    static double seconds(@Nullable Duration age, double none) {
        return age == null ? none : age.toNanos() / 1e9;
    }

    private Counter failed(String outcome) {
        return counter("failed", "Attempts that failed, by what became of the event", tags.and("outcome", outcome));
    }

    private Counter counter(String name, String text, Tags its) {
        return meters.add(into ->
                Counter.builder(PREFIX + name).description(text).tags(its).register(into));
    }

    private void parked(String state, ToLongFunction<ParkedCounts> count) {
        gauge(
                "parked",
                "Events held back in the database, of all instances",
                tags.and("state", state),
                now -> count.applyAsLong(now.parked()));
    }

    private void gauge(String name, String text, Tags its, ToDoubleFunction<ConsumerStatus> value) {
        meters.add(into -> Gauge.builder(PREFIX + name, status, now -> value.applyAsDouble(now.get()))
                .description(text)
                .tags(its)
                .register(into));
    }
}
