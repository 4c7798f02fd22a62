package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.contract.OutboxPosition;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a consumer has come in one partition: it has handled every event of the partition up to this one, which may be
 * another partition's.
 *
 * @param sequence where the stream is read on: after this one
 * @param stream the stream that the sequence belongs to
 * @param position of the event at that sequence; null before the first event
 * @param eventId of the event at that sequence; null when it is not known
 * @param accepted it is accepted that messages up to this sequence are gone; 0 when none
 * @param start the request that set it last; 0 when none did
 */
public record Checkpoint(
        long sequence,
        StreamIdentity stream,
        @Nullable OutboxPosition position,
        @Nullable UUID eventId,
        long accepted,
        long start) {

    /** Before the oldest message of a stream. */
    public static Checkpoint before(StreamState stream) {
        return before(stream.firstSequence(), stream.identity());
    }

    /** Before the first message that is to be handled. */
    public static Checkpoint before(long sequence, StreamIdentity stream) {
        return new Checkpoint(sequence - 1, stream, null, null, 0, 0);
    }

    /** The same progress, with what the stream says of itself now. */
    public Checkpoint in(StreamIdentity now) {
        return new Checkpoint(
                sequence, now.since(stream), position, eventId, now.isSameStreamAs(stream) ? accepted : 0, start);
    }

    /** Before the oldest message of a stream, since nothing was handled yet. */
    Checkpoint atBeginningOf(StreamState other) {
        return new Checkpoint(other.firstSequence() - 1, other.identity(), null, null, 0, start);
    }

    public Checkpoint at(long handled, OutboxPosition handledPosition, @Nullable UUID handledEvent) {
        return new Checkpoint(handled, stream, handledPosition, handledEvent, accepted, start);
    }

    /**
     * Of a partition of which the stream holds nothing more: at the stream's newest event, whoever's it is.
     *
     * @param from null when the partition never had an event
     * @return null when that is not later, and nothing is new about the stream either
     */
    public static @Nullable Checkpoint following(@Nullable Checkpoint from, StoredEvent newest, StreamIdentity stream) {
        OutboxPosition position = newest.position();
        if (position == null || newest.eventId() == null) {
            return null;
        }
        Checkpoint before = from == null ? before(newest.sequence(), stream) : from.in(stream);
        boolean later = newest.sequence() > before.sequence()
                && (before.position() == null || position.compareTo(before.position()) > 0);
        if (later) {
            return before.at(newest.sequence(), position, newest.eventId());
        }
        return before.equals(from) ? null : before;
    }

    /** The same progress; that messages up to this sequence are gone is accepted. */
    public Checkpoint accepting(long gone) {
        return new Checkpoint(sequence, stream, position, eventId, Math.max(accepted, gone), start);
    }

    /** The same place, set by this request. */
    public Checkpoint setBy(long request) {
        return new Checkpoint(sequence, stream, position, eventId, accepted, request);
    }

    /** Up to where nothing can be missing that matters. */
    public long settledUpTo() {
        return Math.max(sequence, accepted);
    }
}
