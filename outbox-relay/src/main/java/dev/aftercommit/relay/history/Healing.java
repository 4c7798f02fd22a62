package dev.aftercommit.relay.history;

import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.NewEpoch.Heal;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PublicationState;
import dev.aftercommit.relay.source.Source;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the past, one diagnosis at a time. Each step can be cut off anywhere and be done again: what it has done is
 * noted in one transaction, and after it the past is looked at anew.
 */
public final class Healing {
    private static final Logger LOG = LoggerFactory.getLogger(Healing.class);

    private final Source source;
    private final Ledger ledger;
    private final EventStream stream;
    private final HealingNotes notes;
    private final StreamHealing streams;
    private final Consumer<String> waits;

    /**
     * @param waits is told now and then what it waits for, in a sentence that says what to do
     */
    public Healing(Source source, Ledger ledger, EventStream stream, Consumer<String> waits) {
        this.waits = waits;
        this.source = source;
        this.ledger = ledger;
        this.stream = stream;
        this.notes = new HealingNotes(ledger);
        this.streams = new StreamHealing(ledger, stream, notes);
    }

    /** Mends what was diagnosed. */
    public void mend(Diagnosis.Mendable diagnosis, Past past) throws InterruptedException {
        switch (diagnosis) {
            case Diagnosis.FirstStart first -> start(past);
            case Diagnosis.TakeOver takeOver -> takeOver(past);
            case Diagnosis.StreamMissing missing -> streams.makeAgain(past);
            case Diagnosis.StreamRewound rewound -> streams.rewind(past, rewound.seen());
            case Diagnosis.StreamAhead ahead -> streams.absorb(past, ahead.after());
            case Diagnosis.PublicationTouched touched -> mendPublication(past, touched);
            case Diagnosis.SlotLost lost -> replaceSlot(past, lost.why());
            case Diagnosis.SlotMoved moved -> followSlot(past, moved);
        }
    }

    private void start(Past past) {
        if (past.stream() == null) {
            stream.make(null);
        }
        if (past.database().publication() == null
                || !past.database().publication().problems().isEmpty()) {
            source.makePublication();
        }
        notePublication(past.noted());
        streams.noteStream(past.noted());
        source.makeSlot(
                new NewEpoch(
                        Epoch.Reason.FIRST_START, past.database().systemIdentifier(), 0, new Heal.Unjournaled(), null),
                past.noted().mark(),
                waits);
    }

    /** What the stream holds is taken into the journal next, so that the slot's changes are known from new ones. */
    private void takeOver(Past past) {
        DatabaseState database = past.database();
        long confirmed = database.slot() == null ? 0 : database.slot().confirmedLsn();
        StreamState state = Objects.requireNonNull(past.stream());
        StoredMessage first = state.extent().messages() == 0
                ? null
                : stream.message(state.extent().first());
        ledger.takeOver(
                first == null ? null : first.eventId(),
                JournalMark.NONE.withTerm(1).withConfirmLsn(confirmed));
        LOG.info("Began the journal of a database that an earlier release has published");
    }

    private void mendPublication(Past past, Diagnosis.PublicationTouched touched) {
        PublicationState found = past.database().publication();
        if (found == null || !found.problems().isEmpty()) {
            source.makePublication();
        }
        String detail = "The publication \"outbox\" was changed: " + touched.seen()
                + ". It is set right; what was committed meanwhile is published from the table.";
        if (touched.dropped()) {
            healWithNewSlot(past, Incident.of(Incident.Kind.PUBLICATION_TOUCHED, detail));
        } else {
            notes.tell(Incident.of(Incident.Kind.PUBLICATION_TOUCHED, detail));
        }
        notePublication(past.noted());
    }

    private void notePublication(Noted noted) {
        PublicationState made = source.look().publication();
        if (made != null) {
            ledger.notePublication(made.version(), noted.mark().term());
        }
    }

    private void replaceSlot(Past past, String why) {
        if (isInAnotherCluster(past)) {
            notePublication(past.noted());
        }
        healWithNewSlot(
                past,
                Incident.of(
                        Incident.Kind.SLOT_LOST,
                        "The replication slot was lost: " + why
                                + ". A new one was made; what was committed in between is published from the table."));
    }

    private void healWithNewSlot(Past past, Incident incident) {
        JournalMark mark = past.noted().mark();
        source.makeSlot(
                new NewEpoch(
                        Epoch.Reason.SLOT_MADE_ANEW,
                        past.database().systemIdentifier(),
                        0,
                        new Heal.Unjournaled(),
                        incident),
                isInAnotherCluster(past) ? mark.withProven(null) : mark,
                waits);
        LOG.warn("{}: {}", incident.kind().word(), incident.detail());
    }

    private static boolean isInAnotherCluster(Past past) {
        Epoch epoch = past.noted().epoch();
        return epoch != null && !epoch.systemIdentifier().equals(past.database().systemIdentifier());
    }

    /** The proof finds what the slot has passed without a relay, since the last proven snapshot is from before. */
    private void followSlot(Past past, Diagnosis.SlotMoved moved) {
        notes.tell(Incident.of(
                Incident.Kind.SLOT_MOVED,
                "Somebody else has moved the replication slot, or made it anew, from " + Long.toHexString(moved.from())
                        + " to " + Long.toHexString(moved.to())
                        + ". What it has passed is looked for in the table and published from there."));
        notes.note(past.noted(), past.noted().mark().withConfirmLsn(moved.to()));
    }

    /**
     * Publishes rows that the slot has passed and nobody has journaled, behind everything else.
     *
     * @return those that cannot be seen yet
     */
    public List<UUID> heal(Past past, List<UUID> found) {
        List<UUID> unjournaled = ledger.withoutEntry(found, 0);
        Set<UUID> unseen = ledger.unknown(unjournaled);
        if (!unseen.isEmpty()) {
            waits.accept(waitsForRows(unseen));
        }
        List<UUID> healed =
                unjournaled.stream().filter(event -> !unseen.contains(event)).toList();
        if (healed.isEmpty()) {
            return List.copyOf(unseen);
        }
        Incident incident = Incident.of(
                Incident.Kind.UNJOURNALED_ROWS,
                healed.size()
                        + " events were in outbox.event, and neither in the journal nor in the stream, though"
                        + " the replication slot had passed them. They are published from the table.");
        notes.begin(
                past,
                Epoch.Reason.HEAL,
                new Heal.These(healed),
                incident,
                past.noted().mark());
        return List.copyOf(unseen);
    }

    private static String waitsForRows(Set<UUID> events) {
        return "Event " + events.iterator().next()
                + (events.size() == 1 ? "" : " (and " + (events.size() - 1) + " more)")
                + " was delivered by the replication slot later than what goes behind it, and is to be published from"
                + " outbox.event, but cannot be seen there: its transaction waits for a synchronous standby, or its row"
                + " was deleted. The relay waits for it. Bring the standby or the row back; to go on without it, stop"
                + " the relays and drop the replication slot: they make a new one.";
    }

    /** Does what was requested for events that are held back: they are discarded, or published behind everything else. */
    public void release(Past past) {
        notes.begin(
                past,
                Epoch.Reason.RETRY,
                new Heal.Requested(),
                null,
                past.noted().mark());
        LOG.info("Parked events are taken up again, as was requested");
    }
}
