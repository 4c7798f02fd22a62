package dev.aftercommit.consumer;

/** A feed cannot be read on, or not be opened: another one has to be opened, after the checkpoint. */
final class FeedLostException extends Exception {
    private final Waiting waiting;

    FeedLostException(String message) {
        this(Waiting.on(Waiting.Reason.BROKER_UNAVAILABLE, message));
    }

    FeedLostException(Waiting waiting) {
        super(waiting.message());
        this.waiting = waiting;
    }

    static FeedLostException streamGone() {
        return new FeedLostException(Waiting.on(
                Waiting.Reason.STREAM_MISSING,
                "The stream is gone. Its relay makes it again, or says in its log what to do."));
    }

    Waiting waiting() {
        return waiting;
    }
}
