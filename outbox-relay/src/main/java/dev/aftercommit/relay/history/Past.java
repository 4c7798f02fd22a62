package dev.aftercommit.relay.history;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.Source;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The witnesses of the past, side by side.
 *
 * @param stream null when there is none
 * @param atEnd the message at the sequence that was noted as the stream's end; null when there is none
 * @param last the stream's last message; null when there is none
 */
public record Past(
        DatabaseState database,
        Noted noted,
        @Nullable StreamState stream,
        @Nullable StoredMessage atEnd,
        @Nullable StoredMessage last) {
    private static final int MOST_LOOKS = 20;

    /**
     * Asks them; the stream again if something was removed from it between two questions.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} also when messages are removed all the time
     */
    public static Past look(Source source, Ledger ledger, EventStream stream) {
        DatabaseState database = source.look();
        Noted noted = ledger.noted();
        long end = noted.mark().end().sequence();
        StreamState state = stream.look();
        for (int i = 0; state != null; i++) {
            if (i == MOST_LOOKS) {
                throw new AftercommitException(
                        ErrorCode.BROKER_UNAVAILABLE,
                        "Messages are removed from stream " + stream.name() + " each time that it is looked at.");
            }
            StoredMessage atEnd = end == 0 ? null : stream.message(end);
            StoredMessage last = stream.last();
            StreamState after = stream.look();
            if (state.isWholeIn(after)) {
                return new Past(database, noted, state, atEnd, last);
            }
            state = after;
        }
        return new Past(database, noted, null, null, null);
    }

    /**
     * Asks them while a relay may be at work, which changes one behind the other: until what it notes of the past was the
     * same before and after.
     */
    public static Past lookFromOutside(Source source, Ledger ledger, EventStream stream) {
        Past past;
        do {
            past = look(source, ledger, stream);
        } while (!past.noted().isContinuedBy(ledger.noted()));
        return past;
    }

    /** Whether a message was stored between two questions: its place is not that of the last message. */
    public boolean isOvertaken() {
        return stream != null
                && last != null
                && last.sequence() > stream.extent().last();
    }

    /** Whether something stands in the stream behind its noted end. */
    boolean isWrittenOn() {
        return last != null && last.sequence() > noted.mark().end().sequence();
    }

    /**
     * How many messages are missing from the stream behind its first. Those that are missing at its end are none of them:
     * as long as nothing newer stands behind them they can be published again.
     */
    public long holes() {
        StreamState.Extent extent = Objects.requireNonNull(stream).extent();
        boolean endIsThere = atEnd != null || noted.mark().end().event() == null;
        return last == null || endIsThere || isWrittenOn()
                ? extent.holes()
                : last.sequence() - extent.first() + 1 - extent.messages();
    }
}
