package dev.aftercommit.consumer;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Why a consumer or one of its partitions does not go on. Nothing is skipped while it waits. Immutable.
 *
 * @param reason what kind of obstacle it is
 * @param message for people: what it waits for and what to do; never holds a payload
 * @param eventId the event that cannot be handled; null when it is not about one
 * @param attempt how often that event was tried; 0 when it is not about one
 * @param errorClass the class of the error; null when there is none
 * @param nextAttempt when it is tried again; null when that is all the time
 */
public record Waiting(
        Reason reason,
        String message,
        @Nullable UUID eventId,
        int attempt,
        @Nullable String errorClass,
        @Nullable Instant nextAttempt) {

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
        /** The handler threw. */
        HANDLER_FAILED,
        /** The payload cannot be read as the handler's event class. */
        PAYLOAD_UNREADABLE,
        /** The message does not carry what the contract says. */
        MALFORMED_MESSAGE
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
                    HANDLER_FAILED,
                    PAYLOAD_UNREADABLE,
                    MALFORMED_MESSAGE -> false;
        };
    }

    public static Waiting on(Reason reason, String message) {
        return new Waiting(reason, message, null, 0, null, null);
    }
}
