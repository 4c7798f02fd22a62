package dev.aftercommit.relay.history;

import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.Source;
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
    /** Asks them. */
    public static Past look(Source source, Ledger ledger, EventStream stream) {
        DatabaseState database = source.look();
        Noted noted = ledger.noted();
        StreamState state = stream.look();
        long end = noted.mark().end().sequence();
        return new Past(
                database,
                noted,
                state,
                state == null || end == 0 ? null : stream.message(end),
                state == null ? null : stream.last());
    }
}
