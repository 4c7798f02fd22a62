package dev.aftercommit.consumer;

/** A feed cannot be read on, or not be opened: another one has to be opened, after the checkpoint. */
final class FeedLostException extends Exception {
    private final Waiting.Reason reason;

    FeedLostException(String message) {
        this(Waiting.Reason.BROKER_UNAVAILABLE, message);
    }

    FeedLostException(Waiting.Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Waiting waiting() {
        return Waiting.on(reason, String.valueOf(getMessage()));
    }
}
