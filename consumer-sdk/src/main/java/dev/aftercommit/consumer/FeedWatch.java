package dev.aftercommit.consumer;

import java.time.Duration;
import java.util.List;

/**
 * Notices a feed that is alive but delivers nothing although the stream holds something for it, which servers have been
 * seen to do. Asks the stream only when it has grown since the last time. Used by one thread.
 */
final class FeedWatch {
    private final Broker broker;
    private final EventFeed feed;
    private final List<String> subjects;
    private final long patienceNanos;
    private long quietSince = System.nanoTime();
    private long checkedUpTo;
    private boolean suspected;

    FeedWatch(Broker broker, EventFeed feed, List<String> subjects, Duration patience) {
        this.broker = broker;
        this.feed = feed;
        this.subjects = subjects;
        this.patienceNanos = patience.toNanos();
    }

    /**
     * To be called after each look into the feed.
     *
     * @throws FeedLostException when it still has nothing a look after the stream had
     */
    void saw(int deliveries) throws FeedLostException {
        if (deliveries > 0) {
            quietSince = System.nanoTime();
            suspected = false;
        } else if (suspected) {
            throw new FeedLostException("The server delivers nothing although the stream holds more.");
        } else if (System.nanoTime() - quietSince > patienceNanos) {
            quietSince = System.nanoTime();
            suspected = streamHoldsMore();
        }
    }

    private boolean streamHoldsMore() throws FeedLostException {
        StreamState stream = broker.stream();
        if (stream == null) {
            throw FeedLostException.streamGone();
        }
        if (stream.lastSequence() == checkedUpTo) {
            return false;
        }
        checkedUpTo = stream.lastSequence();
        return broker.holdsAfter(feed.lastSequence(), subjects);
    }
}
