package dev.aftercommit.consumer;

/** A feed cannot be read on, or not be opened: another one has to be opened, after the checkpoint. */
final class FeedLostException extends Exception {
    private final Waiting.Reason reason;

    FeedLostException(String message) {
        this(Waiting.Reason.BROKER_UNAVAILABLE, message);
    }

    private FeedLostException(Waiting.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static FeedLostException streamGone() {
        return new FeedLostException(
                Waiting.Reason.STREAM_MISSING,
                "The stream is gone. Its relay does not make another one by itself; the relay's log says what to do.");
    }

    Waiting waiting() {
        return Waiting.on(reason, String.valueOf(getMessage()));
    }
}
