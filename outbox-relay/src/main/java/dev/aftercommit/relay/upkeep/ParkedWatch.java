package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.ParkedCount;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Looks whether somebody wants parked events to be published or discarded. Not before the slot has passed all that was
 * journaled in the beginning: an event that belongs into one of the queues may come again before that.
 *
 * @param seen who wants to know how many there are
 */
public record ParkedWatch(Ledger ledger, JournalWriter writer, Noted begun, LongConsumer seen) implements Chore {
    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Finding run() {
        ParkedCount parked = ledger.parked();
        seen.accept(parked.events());
        // An LSN that is confirmed is where the next commit may stand.
        boolean isComplete = Long.compareUnsigned(writer.passed(), begun.mark().lastLsn()) > 0;
        return parked.requested() && isComplete ? new Finding.Requested() : Finding.NOTHING;
    }
}
