package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.Resumption;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.EventFeed;
import dev.aftercommit.consumer.internal.stream.FeedLostException;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.consumer.internal.stream.StreamState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks after an open feed: that it does not go quiet although the stream holds something for it, which servers have
 * been seen to do, and that it does not pass over messages which were removed before they came.
 *
 * <p>A feed that is behind asks the stream before it hands on what has come since it asked last: was everything still there
 * that is now here? A feed that
 * keeps up with the stream gets a message within moments; one that is removed in these moments is not noticed. A new
 * consumer starts at whatever is the oldest message when the first one comes to it. Used by one thread.
 */
final class FeedWatch {
    private final Broker broker;
    private final EventFeed feed;
    private final List<String> subjects;
    private final long patienceNanos;
    private boolean claimed;
    private StreamState stream;
    private long handled;
    private long sureUpTo;
    private boolean atEnd;
    private long quietSince = System.nanoTime();
    private long checkedUpTo;
    private boolean suspected;

    /**
     * Of a feed that was just opened.
     *
     * @param place from where, and the stream as it was before the feed was opened
     * @param patience how long a feed may be quiet before the stream is asked
     */
    FeedWatch(Broker broker, EventFeed feed, List<String> subjects, Resumption.Place place, Duration patience)
            throws FeedLostException {
        this.broker = broker;
        this.feed = feed;
        this.subjects = subjects;
        this.patienceNanos = patience.toNanos();
        this.stream = place.stream();
        this.handled = place.from().sequence();
        this.sureUpTo = place.from().settledUpTo();
        this.claimed = !place.isNew();
        look(); // what was removed while the feed was opened
        this.atEnd = feed.openedAtEnd();
    }

    /** What the stream says of itself, as it was last seen. */
    StreamIdentity identity() {
        return stream.identity();
    }

    /**
     * To be called before deliveries are handled.
     *
     * @throws FeedLostException when there may have been others before them
     */
    void arrived(List<Delivery> deliveries) throws FeedLostException {
        boolean wasBehind = !atEnd || deliveries.stream().anyMatch(Delivery::hadSuccessors);
        long last = deliveries.getLast().sequence();
        if (wasBehind && last > sureUpTo) {
            atEnd = false;
            long here = feed.arrivedUpTo();
            look();
            sureUpTo = Math.max(sureUpTo, here);
        }
        atEnd = !deliveries.getLast().hadSuccessors();
        claimed = true;
    }

    /** To be called after they were. */
    void handled(List<Delivery> deliveries) {
        handled = deliveries.getLast().sequence();
        sureUpTo = Math.max(sureUpTo, handled);
        quietSince = System.nanoTime();
        suspected = false;
    }

    /**
     * To be called when nothing came.
     *
     * @return where the checkpoint goes meanwhile; null when it stays
     * @throws FeedLostException when there still is nothing although the stream holds something for it
     */
    @Nullable
    Checkpoint quiet(@Nullable Checkpoint at) throws FeedLostException {
        if (suspected) {
            throw new FeedLostException("The server delivers nothing although the stream holds more.");
        }
        if (System.nanoTime() - quietSince <= patienceNanos) {
            if (!atEnd) {
                look(); // nothing comes to a feed that is behind: what it waits for may be gone
            }
            return null;
        }
        quietSince = System.nanoTime();
        return settle(at);
    }

    /**
     * Lets the checkpoint of a partition without new events follow the stream, so that messages of others which the
     * stream's limits remove later are known not to have been its own.
     *
     * @return null when it stays
     */
    @Nullable
    Checkpoint settle(@Nullable Checkpoint at) throws FeedLostException {
        look();
        if (feed.lastSequence() != handled || stream.lastSequence() == checkedUpTo) {
            return null;
        }
        StoredEvent newest = broker.lastStored();
        suspected = broker.holdsAfter(handled, subjects);
        if (suspected || newest == null) {
            return null;
        }
        look(); // that none was removed before the feed could pass it
        checkedUpTo = newest.sequence();
        return Checkpoint.following(at, newest, stream.identity());
    }

    private void look() throws FeedLostException {
        StreamState now = broker.stream();
        if (now == null) {
            throw FeedLostException.streamGone();
        }
        if (!now.identity().isSameStreamAs(stream.identity()) || now.identity().isOtherHistoryThan(stream.identity())) {
            throw new FeedLostException("The stream is another one than it was.");
        }
        boolean passed = now.firstSequence() > sureUpTo + 1;
        boolean deleted = now.deleted() > stream.deleted() && !now.limitedPerSubject();
        if (claimed && !atEnd && (passed || deleted)) {
            throw new FeedLostException("Messages were removed from the stream.");
        }
        stream = now;
    }
}
