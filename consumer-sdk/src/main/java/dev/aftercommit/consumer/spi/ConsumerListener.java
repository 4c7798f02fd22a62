package dev.aftercommit.consumer.spi;

import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;

/**
 * Is told what a consumer has done, in this instance of the service, after it is done: what is about a transaction, after its
 * commit. So after a crash something may be committed that no listener was told of.
 *
 * <p>It cannot harm the consumer. What it throws is logged once and ignored. It is called on the thread that did the work,
 * that of a partition or the one that retries, by several at a time; whatever it takes long for, that thread does later, so
 * it hands on what is slow, and does not start or close the consumer. Added with {@link OutboxConsumer#addListener}.
 */
public interface ConsumerListener {
    /** A transaction was committed, from the stream or of parked events. */
    default void committed(Commit commit) {}

    /** A handler failed, and the event is parked for another attempt, or dead; that is committed. */
    default void failed(FailedAttempt attempt) {}

    /**
     * Messages were passed over, since the checkpoint's position says that they were handled before: stored twice, or
     * published again by a relay that made the stream again.
     */
    default void skipped(int partition, int messages) {}

    /** A partition came or went, waits for something else than before, or goes on. */
    default void partitionChanged(PartitionStatus now) {}

    /** The consumer as a whole waits for something else than before. */
    default void waits(Waiting why) {}

    /** Nothing holds up the consumer as a whole any more. */
    default void goesOn() {}
}
