package dev.aftercommit.consumer.internal.start;

import dev.aftercommit.consumer.StartAt;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.stream.EventSearch;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.contract.OutboxPosition;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A place where a consumer was asked to start, in the stream as it is now. */
sealed interface RequestedPlace {

    /**
     * It is in the stream.
     *
     * @param before the checkpoint of every partition: everything up to it counts as handled
     * @param first the first event to be handled; null when it is still to come
     */
    record Found(Checkpoint before, @Nullable StoredEvent first) implements RequestedPlace {
        @Override
        public String toString() {
            return first == null
                    ? "behind sequence " + before.sequence()
                    : "at sequence " + first.sequence() + " (event " + first.eventId() + ", position "
                            + first.position() + ")";
        }
    }

    /** The stream ends before it. */
    record NotYet(OutboxPosition position) implements RequestedPlace {
        @Override
        public String toString() {
            return "The stream ends before the position " + position;
        }
    }

    /** Looks for it. */
    static RequestedPlace of(StartAt startAt, StreamState stream, LongFunction<@Nullable StoredEvent> nextFrom) {
        EventSearch search = new EventSearch(stream.firstSequence(), stream.lastSequence(), nextFrom);
        return switch (startAt) {
            case StartAt.Beginning beginning -> new Found(Checkpoint.before(stream), search.oldest());
            case StartAt.Now now -> atTheEnd(stream, nextFrom);
            case StartAt.Time(var since) -> {
                StoredEvent first = search.firstSince(since);
                yield first == null ? atTheEnd(stream, nextFrom) : before(first, stream, nextFrom);
            }
            case StartAt.Position(var position) -> {
                StoredEvent first = search.firstAtOrAfter(position);
                yield first == null ? new NotYet(position) : before(first, stream, nextFrom);
            }
        };
    }

    private static RequestedPlace atTheEnd(StreamState stream, LongFunction<@Nullable StoredEvent> nextFrom) {
        Checkpoint end = Checkpoint.before(stream.lastSequence() + 1, stream.identity());
        StoredEvent newest = nextFrom.apply(stream.lastSequence());
        boolean isIn = newest != null && newest.sequence() <= stream.lastSequence(); // or else it came meanwhile
        return new Found(isIn ? at(end, newest) : end, null);
    }

    private static RequestedPlace before(
            StoredEvent first, StreamState stream, LongFunction<@Nullable StoredEvent> nextFrom) {
        Checkpoint before = Checkpoint.before(first.sequence(), stream.identity());
        OutboxPosition position = first.position();
        if (first.sequence() == stream.firstSequence() || position == null) {
            return new Found(before, first);
        }
        StoredEvent previous = nextFrom.apply(first.sequence() - 1);
        if (previous != null && previous.sequence() < first.sequence() && previous.position() != null) {
            return new Found(at(before, previous), first);
        }
        OutboxPosition earlier = position.previous();
        return new Found(earlier == null ? before : before.at(before.sequence(), earlier, null), first);
    }

    /** With what the stream has to hold there, so that another one is told from it. */
    private static Checkpoint at(Checkpoint place, StoredEvent event) {
        OutboxPosition position = event.position();
        return position == null ? place : place.at(place.sequence(), position, event.eventId());
    }
}
