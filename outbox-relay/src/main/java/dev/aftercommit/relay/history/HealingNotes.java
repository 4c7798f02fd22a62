package dev.aftercommit.relay.history;

import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.NewEpoch.Heal;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is noted of a past that was mended. An incident is told before it is noted as mended: twice is better than not at all. */
record HealingNotes(Ledger ledger) {
    private static final Logger LOG = LoggerFactory.getLogger(HealingNotes.class);

    /** Begins an epoch behind all that is journaled. */
    void begin(Past past, Epoch.Reason reason, Heal heal, @Nullable Incident incident, JournalMark mark) {
        ledger.begin(new NewEpoch(reason, past.database().systemIdentifier(), mark.lastLsn(), heal, incident), mark);
        if (incident != null) {
            LOG.warn("{}: {}", incident.kind().word(), incident.detail());
        }
    }

    void note(Noted noted, JournalMark mark) {
        note(noted.entry(), mark);
    }

    /** Fenced by the entry that this relay knew as the newest; never by one that was just looked up. */
    void note(long newest, JournalMark mark) {
        ledger.append(List.of(new JournalRow(newest + 1, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, mark)));
    }

    void tell(Incident incident) {
        ledger.record(incident);
        LOG.warn("{}: {}", incident.kind().word(), incident.detail());
    }
}
