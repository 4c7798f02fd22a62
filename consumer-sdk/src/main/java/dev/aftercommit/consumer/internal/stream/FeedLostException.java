package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.consumer.Waiting;

/** A feed cannot be read on, or not be opened: another one has to be opened, after the checkpoint. */
public final class FeedLostException extends Exception {
    private final Waiting waiting;

    public FeedLostException(String message) {
        this(new Waiting(Waiting.Reason.BROKER_UNAVAILABLE, message));
    }

    public FeedLostException(Waiting waiting) {
        super(waiting.message());
        this.waiting = waiting;
    }

    public static FeedLostException streamGone() {
        return new FeedLostException(new Waiting(
                Waiting.Reason.STREAM_MISSING,
                "The stream is gone. Its relay makes it again, or says in its log what to do."));
    }

    public Waiting waiting() {
        return waiting;
    }
}
