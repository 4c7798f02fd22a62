package dev.aftercommit.consumer;

/**
 * Why a consumer or one of its partitions does not go on. Nothing is skipped while it waits. Immutable.
 *
 * @param reason what kind of obstacle it is
 * @param message for people: what it waits for and what to do; never holds a payload
 */
public record Waiting(Reason reason, String message) {

    /** What kind of obstacle holds a consumer or a partition up. */
    public enum Reason {
        /** The source's stream does not exist yet; its relay makes it. */
        STREAM_MISSING,
        /** The stream is not the one that this consumer's checkpoints belong to. */
        STREAM_MISMATCH,
        /**
         * The stream is a copy of another history than the one that was handled: another database, one made anew, or the
         * wrong account. Somebody has to decide; the message says between what.
         */
        OTHER_HISTORY,
        /**
         * The stream goes on beyond the checkpoint and does not hold the event that was handled there: the source's
         * database went back, or the stream lost events. Somebody has to decide; the message says between what.
         */
        EVENT_UNKNOWN,
        /**
         * Messages that were not handled are gone from the stream: purged, deleted or expired. Somebody has to decide;
         * the message says between what.
         */
        MESSAGES_GONE,
        /** The stream ends before what was handled; it goes on by itself once the relay has made the stream again. */
        STREAM_BEHIND,
        /** NATS cannot be reached, or JetStream does not answer. */
        BROKER_UNAVAILABLE,
        /** The consumer's database cannot be reached, or failed in the middle. */
        DATABASE_UNAVAILABLE,
        /** A message does not carry what the contract says, not even whose event it is, so it cannot be parked. */
        MALFORMED_MESSAGE,
        /** An event cannot be read, and the consumer was built to wait for one that can ({@link UnreadablePolicy#WAIT}). */
        EVENT_UNREADABLE
    }

    /** Whether it waits for a decision. */
    public boolean isRefusal() {
        return switch (reason) {
            case OTHER_HISTORY, EVENT_UNKNOWN, MESSAGES_GONE -> true;
            case STREAM_MISSING,
                    STREAM_MISMATCH,
                    STREAM_BEHIND,
                    BROKER_UNAVAILABLE,
                    DATABASE_UNAVAILABLE,
                    MALFORMED_MESSAGE,
                    EVENT_UNREADABLE -> false;
        };
    }

    /** Whether it waits because of one message, so that it says nothing about others. */
    public boolean isAboutOneMessage() {
        return switch (reason) {
            case MALFORMED_MESSAGE, EVENT_UNREADABLE -> true;
            case STREAM_MISSING,
                    STREAM_MISMATCH,
                    OTHER_HISTORY,
                    EVENT_UNKNOWN,
                    MESSAGES_GONE,
                    STREAM_BEHIND,
                    BROKER_UNAVAILABLE,
                    DATABASE_UNAVAILABLE -> false;
        };
    }
}
