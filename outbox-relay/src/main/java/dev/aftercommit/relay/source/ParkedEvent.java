package dev.aftercommit.relay.source;

import dev.aftercommit.contract.OutboxPosition;
import java.util.Locale;
import java.util.UUID;

/**
 * An event that is held back.
 *
 * @param position the one it would have had; it gets another when it is published after all
 * @param detail the reason in words
 */
public record ParkedEvent(UUID event, Aggregate aggregate, OutboxPosition position, Reason reason, String detail) {
    /** Whose events keep their order. */
    public record Aggregate(String type, String id) {
        public static Aggregate of(OutboxChange.Row row) {
            return new Aggregate(row.aggregateType(), row.aggregateId());
        }

        @Override
        public String toString() {
            return type + '/' + id;
        }
    }

    /** Why. */
    public enum Reason {
        /** The row breaks the contract. */
        MALFORMED,
        /** For the server or the stream as they are set. */
        TOO_LARGE,
        /** By the stream, for this message alone. */
        REFUSED,
        /** Waits for an earlier event of its aggregate. */
        BEHIND;

        /** As the column has it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
