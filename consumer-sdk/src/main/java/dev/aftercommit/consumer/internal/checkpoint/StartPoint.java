package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.contract.OutboxPosition;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a partition is read on, or why it must not be read. The checkpoint and the stream are two witnesses of one past;
 * where they disagree nothing is skipped, and nothing is handled.
 */
public sealed interface StartPoint {

    /** The messages after {@code at} follow. It is the checkpoint as this stream shows it: rebased or completed. */
    record GoOn(Checkpoint at) implements StartPoint {}

    /** The stream ends before the checkpoint's position: it is being made again, or was restored from an old copy. */
    record StreamBehind(Checkpoint checkpoint) implements StartPoint {}

    /** The stream is a copy of another past. */
    record OtherHistory(UUID handled, UUID found) implements StartPoint {}

    /**
     * The stream goes on beyond the checkpoint's position, and the event that was handled there is not in it.
     *
     * @param instead the first event that the stream holds at the checkpoint's position or after it
     */
    record EventUnknown(Checkpoint checkpoint, StoredEvent instead, StreamIdentity stream) implements StartPoint {}

    /**
     * Messages after the checkpoint are no longer in the stream.
     *
     * @param first the first sequence that is missing
     * @param last the last one
     * @param count how many are missing, of all partitions
     * @param end where the stream ends
     */
    record MessagesGone(Checkpoint checkpoint, long first, long last, long count, long end) implements StartPoint {
        @Override
        public String toString() {
            return count + (count == 1 ? " message" : " messages") + " (of all partitions, sequences " + first + " to "
                    + last + ")";
        }
    }

    /**
     * What the stream was asked.
     *
     * @param atSequence the message under the checkpoint's sequence; null when the stream holds none
     * @param atPosition the first event at or after the checkpoint's position; null when the stream ends before it, or
     *     when {@link #isWhereItWas} made the question needless
     * @param deleted sequences between the stream's first and last that it does not hold, in ascending order
     */
    record Evidence(
            @Nullable StoredEvent atSequence, @Nullable StoredEvent atPosition, List<Long> deleted) {}

    /** Decides it. */
    static StartPoint of(@Nullable Checkpoint checkpoint, StreamState stream, Evidence evidence) {
        if (checkpoint == null) {
            return new GoOn(Checkpoint.before(stream));
        }
        StreamIdentity identity = stream.identity();
        UUID handled = checkpoint.stream().history();
        UUID found = identity.history();
        if (handled != null && found != null && !handled.equals(found)) {
            return new OtherHistory(handled, found);
        }
        if (isWhereItWas(checkpoint, stream, evidence.atSequence())) {
            return unlessGone(completed(checkpoint.in(identity), evidence.atSequence()), stream, evidence.deleted());
        }
        OutboxPosition position = checkpoint.position();
        if (position == null) {
            return new GoOn(checkpoint.atBeginningOf(stream)); // nothing was handled, so every event is still to come
        }
        StoredEvent there = evidence.atPosition();
        if (there == null) {
            return new StreamBehind(checkpoint);
        }
        if (!isTheSame(checkpoint, there)) {
            return new EventUnknown(checkpoint, there, identity);
        }
        Checkpoint rebased = checkpoint.in(identity).at(there.sequence(), position, there.eventId());
        return unlessGone(rebased, stream, evidence.deleted());
    }

    /**
     * Whether the checkpoint's sequence means in this stream what it meant. A message that is not there any more was
     * handled, so that it is missed by nobody.
     */
    static boolean isWhereItWas(Checkpoint checkpoint, StreamState stream, @Nullable StoredEvent atSequence) {
        if (!checkpoint.stream().isSameStreamAs(stream.identity()) || checkpoint.sequence() > stream.lastSequence()) {
            return false;
        }
        if (atSequence == null || checkpoint.position() == null) {
            return true;
        }
        if (checkpoint.eventId() == null) { // an earlier version counted on past an event that was stored twice
            return atSequence.position() == null || atSequence.position().compareTo(checkpoint.position()) <= 0;
        }
        return isTheSame(checkpoint, atSequence);
    }

    private static boolean isTheSame(Checkpoint checkpoint, StoredEvent stored) {
        return stored.position() != null
                && stored.position().equals(checkpoint.position())
                && (checkpoint.eventId() == null || checkpoint.eventId().equals(stored.eventId()));
    }

    private static Checkpoint completed(Checkpoint checkpoint, @Nullable StoredEvent atSequence) {
        OutboxPosition position = checkpoint.position();
        return atSequence != null && position != null && isTheSame(checkpoint, atSequence)
                ? checkpoint.at(checkpoint.sequence(), position, atSequence.eventId())
                : checkpoint;
    }

    private static StartPoint unlessGone(Checkpoint at, StreamState stream, List<Long> deleted) {
        long settled = at.settledUpTo();
        if (stream.firstSequence() > settled + 1) {
            long last = stream.firstSequence() - 1;
            return new MessagesGone(at, settled + 1, last, last - settled, stream.lastSequence());
        }
        List<Long> missed =
                deleted.stream().filter(sequence -> sequence > settled).toList();
        return missed.isEmpty()
                ? new GoOn(at)
                : new MessagesGone(at, missed.getFirst(), missed.getLast(), missed.size(), stream.lastSequence());
    }
}
