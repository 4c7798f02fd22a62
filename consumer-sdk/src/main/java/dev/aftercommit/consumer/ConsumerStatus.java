package dev.aftercommit.consumer;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer does at this moment, in this instance of the service. Immutable.
 *
 * @param consumer the consumer's name
 * @param source whose events it handles
 * @param state where it is in its life
 * @param connected whether NATS is connected
 * @param waiting what the consumer as a whole waits for, such as a stream that does not exist yet; null when nothing
 *     holds it up
 * @param parked what is held back in the database, of all instances, as it was a few seconds ago
 * @param unreadableEvents events that this instance has skipped because it could not read them ({@link UnreadablePolicy#SKIP})
 * @param transactionAge how long the oldest transaction that runs now has been running, of a partition or of parked events; null
 *     when none runs
 * @param partitions every partition of the stream in order, owned or not; empty until the stream is known, and of a parallel
 *     consumer
 * @param parallel of a {@linkplain OutboxConsumerBuilder#parallel parallel} consumer; null of any other
 */
public record ConsumerStatus(
        String consumer,
        String source,
        State state,
        boolean connected,
        @Nullable Waiting waiting,
        ParkedCounts parked,
        long unreadableEvents,
        @Nullable Duration transactionAge,
        List<PartitionStatus> partitions,
        @Nullable ParallelStatus parallel) {

    /** Where a consumer is in its life. */
    public enum State {
        /** Built, not started. */
        NEW,
        /** Started; it keeps trying whatever is away. */
        RUNNING,
        /** Closed; it cannot be started again. */
        CLOSED
    }

    public ConsumerStatus {
        partitions = List.copyOf(partitions);
    }

    /** Events whose effects this instance committed since it was started. */
    public long handledEvents() {
        return (parallel == null ? 0 : parallel.handledEvents())
                + partitions.stream().mapToLong(PartitionStatus::handledEvents).sum();
    }

    /**
     * How far this instance is behind in the partitions that it owns and has read, all together; of a parallel consumer how
     * far all instances are, as each of them sees it.
     */
    public Lag lag() {
        return Stream.concat(
                        Stream.ofNullable(parallel).map(ParallelStatus::lag),
                        partitions.stream().map(PartitionStatus::lag))
                .filter(Objects::nonNull)
                .reduce(Lag.NONE, Lag::and);
    }

    /** What partitions wait for, or what a parallel consumer does. */
    Stream<Waiting> waitingWithin() {
        return Stream.concat(
                        Stream.ofNullable(parallel).map(ParallelStatus::waiting),
                        partitions.stream().map(PartitionStatus::waiting))
                .filter(Objects::nonNull);
    }

    /** Whether it does what it is there for. */
    public ConsumerHealth health() {
        return ConsumerHealth.of(this);
    }

    /** How many partitions this instance owns. */
    public int ownedPartitions() {
        return (int) partitions.stream().filter(PartitionStatus::owned).count();
    }
}
