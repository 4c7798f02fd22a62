package dev.aftercommit.consumer;

/** A feed cannot be read on: another one has to be opened, after the checkpoint. */
final class FeedLostException extends Exception {
    FeedLostException(String reason) {
        super(reason);
    }

    FeedLostException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
