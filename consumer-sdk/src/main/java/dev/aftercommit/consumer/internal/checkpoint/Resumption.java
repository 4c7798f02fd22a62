package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.stream.EventSearch;
import dev.aftercommit.consumer.internal.stream.FeedLostException;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where a partition is read on: asks the stream what {@link StartPoint} wants to know, and as little else as
 * possible.
 *
 * @param partitions how many the stream had when the consumer was started
 * @param passesOverGone whether it goes on where messages are gone, instead of waiting for a decision
 * @param tell takes what concerns every partition alike
 */
public record Resumption(
        Broker broker, int partitions, Refusal refusal, boolean passesOverGone, Consumer<String> tell) {

    /**
     * A stream, and the place in it.
     *
     * @param from everything of the partition up to here was handled
     * @param isNew whether there is no checkpoint yet
     * @param gone how many messages it passes over that the stream holds no more, of all partitions
     */
    public record Place(StreamState stream, Checkpoint from, boolean isNew, long gone) {}

    /**
     * To be called with a checkpoint that was read before: what it points at was stored before that, so a stream that
     * does not hold it has lost it.
     *
     * @throws FeedLostException when the partition must not be read now
     */
    public Place find(@Nullable Checkpoint checkpoint) throws FeedLostException {
        StreamState stream = stream(checkpoint);
        StartPoint start = StartPoint.of(checkpoint, stream, evidence(checkpoint, stream));
        return switch (start) {
            case StartPoint.GoOn(Checkpoint from) -> {
                if (checkpoint != null && checkpoint.sequence() != from.sequence()) {
                    tell.accept("the stream was made again or restored (it was \""
                            + checkpoint.stream().stream() + "\", it is \""
                            + from.stream().stream()
                            + "\"); it holds what was handled, and handling goes on after that");
                }
                yield new Place(stream, from, checkpoint == null, 0);
            }
            case StartPoint.StreamBehind behind -> throw new FeedLostException(refusal.of(behind));
            case StartPoint.OtherHistory other -> throw new FeedLostException(refusal.of(other));
            case StartPoint.EventUnknown unknown -> throw new FeedLostException(refusal.of(unknown));
            case StartPoint.MessagesGone gone -> {
                if (!passesOverGone) {
                    throw new FeedLostException(refusal.of(gone));
                }
                tell.accept(gone + " gone from the stream before they were handled: purged, deleted or expired;"
                        + " they are passed over, as this consumer was built to do");
                yield new Place(stream, gone.checkpoint().accepting(gone.last()), false, gone.count());
            }
        };
    }

    private StreamState stream(@Nullable Checkpoint checkpoint) throws FeedLostException {
        StreamState stream = broker.stream();
        if (stream == null) {
            throw FeedLostException.streamGone();
        }
        if (stream.partitions() != partitions) {
            throw new AftercommitException(
                    ErrorCode.STREAM_MISMATCH,
                    "The stream has " + stream.partitions() + " partitions, and had " + partitions
                            + " when the consumer was started. Recreate it with as many as before.");
        }
        if (checkpoint != null) {
            stream.requirePartitionsOf(List.of(checkpoint.stream().stream()));
        }
        return stream;
    }

    private StartPoint.Evidence evidence(@Nullable Checkpoint checkpoint, StreamState stream) {
        if (checkpoint == null || checkpoint.stream().isOtherHistoryThan(stream.identity())) {
            return new StartPoint.Evidence(null, null, List.of());
        }
        StoredEvent atSequence = checkpoint.sequence() > 0 ? broker.storedAt(checkpoint.sequence()) : null;
        StoredEvent atPosition = null;
        if (checkpoint.position() != null && !StartPoint.isWhereItWas(checkpoint, stream, atSequence)) {
            atPosition = new EventSearch(stream.firstSequence(), stream.lastSequence(), broker::storedFrom)
                    .firstAtOrAfter(checkpoint.position());
        }
        return new StartPoint.Evidence(atSequence, atPosition, broker.deleted(stream));
    }
}
