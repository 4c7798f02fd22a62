package dev.aftercommit.relay.source;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of {@code outbox.event}. No call lets an emit wait: what needs a lock that others hold is not done, and
 * may be tried again. Safe for use by several threads; every call throws
 * {@link dev.aftercommit.contract.AftercommitException} with
 * {@link dev.aftercommit.contract.ErrorCode#DATABASE_UNAVAILABLE} or
 * {@link dev.aftercommit.contract.ErrorCode#DATABASE_UNSUITABLE}.
 */
public interface TablePartitions {
    /** All, oldest first, the default one last. */
    List<TablePartition> list();

    /** Makes the partition for events whose ids are of this time. */
    Making make(Instant from, Instant to);

    /**
     * Drops a partition if nobody needs it any more; an empty one takes the place of the default one.
     *
     * @param retention how long events are kept
     * @param tail of the stream's last message; null when it is empty
     * @param term the leader's
     */
    Dropping drop(String name, Duration retention, @Nullable OutboxPosition tail, int term);

    /**
     * Deletes rows of the journal, the oldest first, of whose events none is in the table any more, can still come into it
     * or can be delivered again; about a second's work.
     *
     * @param retention how long they are kept
     * @return how many were deleted
     */
    long pruneJournal(Duration retention);

    /** What came of making one; the words are those of {@code outbox.make_partition}. */
    enum Making {
        MADE,
        /** There is one, or rows of that time are in the default partition. */
        TAKEN,
        /** The default partition is too large: emits would wait while PostgreSQL reads it. */
        LARGE,
        BUSY
    }

    /** What came of dropping one; the words are those of {@code outbox.drop_partition}. */
    enum Dropping {
        DROPPED,
        UNKNOWN,
        /** The default partition, which stays then. */
        EMPTY,
        YOUNG,
        /** Another relay leads. */
        FENCED,
        /** Not all of it is proven to be in the journal. */
        UNPROVEN,
        PARKED,
        /** Not stored in the stream yet. */
        OWED,
        BUSY
    }
}
