package dev.aftercommit.consumer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Where a consumer starts in its source's stream: when it is new ({@link OutboxConsumerBuilder#startAt}), or when it is
 * reset ({@link OutboxConsumer#reset}). Immutable; its text is what {@link #parse} reads.
 */
public sealed interface StartAt {

    /** The oldest event that the stream holds. */
    record Beginning() implements StartAt {
        @Override
        public String toString() {
            return "beginning";
        }
    }

    /** Behind the newest event that the stream holds when the consumer looks. */
    record Now() implements StartAt {
        @Override
        public String toString() {
            return "now";
        }
    }

    /**
     * The first event that the stream stored at this time or later.
     *
     * @param since by the clock of NATS; a stream that was made again has stored all of its events since then
     */
    record Time(Instant since) implements StartAt {
        @Override
        public String toString() {
            return since.toString();
        }
    }

    /** The event at this position, or the first one behind it. */
    record Position(OutboxPosition position) implements StartAt {
        @Override
        public String toString() {
            return position.toString();
        }
    }

    /** At the oldest event that the stream holds. */
    static StartAt beginning() {
        return new Beginning();
    }

    /** Behind the newest event. Where the stream does not exist yet: at its beginning. */
    static StartAt now() {
        return new Now();
    }

    /**
     * At the first event that the stream stored at this time or later. A stream that was made again has stored all of its
     * events since then.
     */
    static StartAt time(Instant since) {
        return new Time(since);
    }

    /** At the event with this {@code Outbox-Position}, or the first one behind it. */
    static StartAt position(OutboxPosition position) {
        return new Position(position);
    }

    /**
     * Reads {@code beginning}, {@code now}, a time such as {@code 2026-11-24T10:00:00Z}, or an {@code Outbox-Position}.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when it is none of these
     */
    static StartAt parse(String text) {
        return switch (text) {
            case "beginning" -> beginning();
            case "now" -> now();
            default -> parsePlace(text);
        };
    }

    private static StartAt parsePlace(String text) {
        try {
            return time(Instant.parse(text));
        } catch (DateTimeParseException notATime) {
            try {
                return position(OutboxPosition.parse(text));
            } catch (AftercommitException notAPosition) {
                throw new AftercommitException(
                        ErrorCode.INVALID_SETTING,
                        "A consumer cannot start at \"" + text + "\". It starts at: beginning, now, a time such as"
                                + " 2026-11-24T10:00:00Z, or an Outbox-Position.",
                        notAPosition);
            }
        }
    }
}
