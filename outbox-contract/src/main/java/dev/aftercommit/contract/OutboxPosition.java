package dev.aftercommit.contract;

import java.util.Comparator;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where an event stands in the history of its source: the header {@code Outbox-Position}. It is the same at every
 * replay, and its text sorts as positions do.
 *
 * @param epoch rises when LSNs stop being comparable with earlier ones, or an event is published later than its turn; 0
 *     for what was published before the relay kept a journal, if the stream is made again
 * @param transactionLsn the LSN of the commit record of the event's transaction, unsigned; 0 for events that do not come
 *     through the replication slot, but from the outbox table
 * @param ordinal counts the events of the transaction (or of the table read), from 0
 */
public record OutboxPosition(int epoch, long transactionLsn, int ordinal) implements Comparable<OutboxPosition> {
    private static final Comparator<OutboxPosition> ORDER = Comparator.comparingInt(OutboxPosition::epoch)
            .thenComparing(OutboxPosition::transactionLsn, Long::compareUnsigned)
            .thenComparing(OutboxPosition::ordinal, Integer::compareUnsigned);
    private static final HexFormat HEX = HexFormat.of();
    private static final int LENGTH = 8 + 1 + 16 + 1 + 8;

    public OutboxPosition {
        if (epoch < 0) {
            throw new IllegalArgumentException("An epoch is at least 0, not " + epoch);
        }
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws AftercommitException {@link ErrorCode#MALFORMED_MESSAGE} when the text is not a position
     */
    public static OutboxPosition parse(String text) {
        try {
            if (text.length() == LENGTH && text.charAt(8) == '-' && text.charAt(25) == '-') {
                return new OutboxPosition(
                        HexFormat.fromHexDigits(text, 0, 8),
                        HexFormat.fromHexDigitsToLong(text, 9, 25),
                        HexFormat.fromHexDigits(text, 26, LENGTH));
            }
        } catch (IllegalArgumentException e) {
            throw malformed(text, e);
        }
        throw malformed(text, null);
    }

    private static AftercommitException malformed(String text, @Nullable Exception cause) {
        return new AftercommitException(
                ErrorCode.MALFORMED_MESSAGE,
                "\"" + text
                        + "\" is not an Outbox-Position (<epoch>-<transaction LSN>-<ordinal> in 8-16-8 hex digits).",
                cause);
    }

    /** The last position before this one; null before the very first. */
    @Nullable
    public OutboxPosition previous() {
        if (ordinal != 0) {
            return new OutboxPosition(epoch, transactionLsn, ordinal - 1);
        }
        if (transactionLsn != 0) {
            return new OutboxPosition(epoch, transactionLsn - 1, -1);
        }
        return epoch == 0 ? null : new OutboxPosition(epoch - 1, -1, -1);
    }

    @Override
    public int compareTo(OutboxPosition other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return HEX.toHexDigits(epoch) + '-' + HEX.toHexDigits(transactionLsn) + '-' + HEX.toHexDigits(ordinal);
    }
}
