package dev.aftercommit.relay.history;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.DroppedPartition;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.NewEpoch.Heal;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.PublicationState;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.StreamEnd;
import dev.aftercommit.relay.source.StreamNote;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the past, one diagnosis at a time. Each step can be cut off anywhere and be done again: what it has done is
 * noted in one transaction, and after it the past is looked at anew. An incident is told before it is noted as mended:
 * twice is better than not at all.
 */
public final class Healing {
    private static final Logger LOG = LoggerFactory.getLogger(Healing.class);

    private final Source source;
    private final Ledger ledger;
    private final EventStream stream;

    public Healing(Source source, Ledger ledger, EventStream stream) {
        this.source = source;
        this.ledger = ledger;
        this.stream = stream;
    }

    /** Mends what was diagnosed. */
    public void mend(Diagnosis.Mendable diagnosis, Past past) throws InterruptedException {
        switch (diagnosis) {
            case Diagnosis.FirstStart first -> start(past);
            case Diagnosis.TakeOver takeOver -> takeOver(past);
            case Diagnosis.StreamMissing missing -> makeStreamAgain(past);
            case Diagnosis.StreamRewound rewound -> rewind(past, rewound.seen());
            case Diagnosis.StreamAhead ahead -> absorb(past, ahead.after());
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
        noteStream(past.noted());
        source.makeSlot(
                new NewEpoch(
                        Epoch.Reason.FIRST_START, past.database().systemIdentifier(), 0, new Heal.Unjournaled(), null),
                past.noted().mark());
    }

    /** So that what is missing from the stream is noticed from its first message on. */
    private void noteStream(Noted noted) {
        StreamState made = stream.look();
        if (made != null) {
            ledger.noteStream(
                    new StreamNote(
                            made.shape().config(),
                            made.extent().first(),
                            made.extent().holes()),
                    noted.mark().term());
        }
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

    private void makeStreamAgain(Past past) {
        stream.make(past.noted().stream() == null ? null : past.noted().stream().config());
        accept(past.noted(), 1, 0);
        OutboxPosition dropped = ledger.lastDropped();
        tell(Incident.of(
                Incident.Kind.STREAM_MADE_ANEW,
                "There was no stream " + stream.name()
                        + " any more; it was made again as it was, and everything that the"
                        + " journal knows and the table still has is published into it."
                        + (dropped == null
                                ? ""
                                : " Retention has dropped events up to position " + dropped
                                        + ", so it begins behind them.")));
        note(past.noted(), past.noted().mark().withEnd(StreamEnd.NONE));
    }

    /** Finds the last message that the journal knows, and takes it for the end. */
    private void rewind(Past past, String seen) throws InterruptedException {
        StreamState state = Objects.requireNonNull(past.stream());
        accept(past.noted(), state.extent().first(), state.extent().holes());
        StoredMessage known = lastJournaled(state.extent(), past.last());
        StreamEnd end = known == null
                ? new StreamEnd(
                        state.extent().messages() == 0
                                ? state.extent().last()
                                : state.extent().first() - 1,
                        null)
                : new StreamEnd(known.sequence(), known.eventId());
        tell(Incident.of(
                Incident.Kind.STREAM_REWOUND,
                "Stream " + stream.name() + " is not what it was: " + seen + ". What it lacks behind sequence "
                        + end.sequence() + " is published again from the journal."));
        note(past.noted(), past.noted().mark().withEnd(end));
    }

    /** What is missing at the end is published again behind it; from then on that is how the stream is. */
    private void accept(Noted noted, long first, long holes) {
        if (noted.stream() != null) {
            ledger.noteStream(
                    new StreamNote(noted.stream().config(), first, holes),
                    noted.mark().term());
        }
    }

    private @Nullable StoredMessage lastJournaled(StreamState.Extent extent, @Nullable StoredMessage last)
            throws InterruptedException {
        if (last == null || ledger.withoutEntry(List.of(last.eventId()), 0).isEmpty()) {
            return last;
        }
        DroppedPartition dropped = ledger.dropped(last.eventId());
        if (dropped != null) {
            throw new AftercommitException(
                    ErrorCode.EVENTS_GONE,
                    "Stream " + stream.name() + " ends with event " + last.eventId() + " of " + last.time()
                            + ", and what came behind it is not all in outbox.event any more: retention has dropped "
                            + dropped + ". Bring back a newer copy of the stream, or delete it: it is made again from"
                            + " what is there, and consumers that lack something say so.");
        }
        long to = last.sequence() - 1;
        while (to >= extent.first()) {
            long from = Math.max(extent.first(), to - 999);
            List<StoredMessage> messages = new ArrayList<>();
            stream.read(from, to, messages::addAll);
            Set<UUID> without = Set.copyOf(ledger.withoutEntry(
                    messages.stream().map(StoredMessage::eventId).toList(), 0));
            for (StoredMessage message : messages.reversed()) {
                if (!without.contains(message.eventId())) {
                    return message;
                }
            }
            to = from - 1;
        }
        return null;
    }

    /**
     * What was found belongs before all that is still owed. Where the journal has events already that go behind it, they
     * get the positions of a new epoch, so that the journal's order stays that of the positions.
     */
    private void absorb(Past past, long after) throws InterruptedException {
        Absorption absorption = new Absorption(ledger, past);
        stream.read(after + 1, Objects.requireNonNull(past.stream()).extent().last(), absorption::take);
        List<UUID> missed = absorption.missed();
        JournalMark mark = absorption.markAtEnd(
                Objects.requireNonNull(past.stream()).extent().last());
        if (!absorption.ghosts().isEmpty() || !missed.isEmpty()) {
            fork(past, absorption, missed, mark);
            return;
        }
        List<UUID> owed = absorption.isOvertaken() ? owedBehind(absorption.lastKnown()) : List.of();
        if (owed.isEmpty()) {
            note(absorption.entry(), mark);
        } else {
            begin(past, Epoch.Reason.HEAL, new Heal.These(owed), late(owed), mark);
        }
    }

    /**
     * The database has gone back behind the stream's end. What it commits from now on belongs to a new epoch, and so does
     * what was owed to the stream, since nothing may stand before what is stored.
     */
    private void fork(Past past, Absorption absorption, List<UUID> missed, JournalMark mark)
            throws InterruptedException {
        Set<UUID> owed = new LinkedHashSet<>(missed);
        owed.addAll(owedBehind(absorption.lastKnown()));
        Incident incident = forked(absorption.ghosts(), missed);
        begin(past, Epoch.Reason.FORK, new Heal.These(List.copyOf(owed)), incident, mark);
    }

    private void begin(Past past, Epoch.Reason reason, Heal heal, @Nullable Incident incident, JournalMark mark) {
        ledger.begin(new NewEpoch(reason, past.database().systemIdentifier(), mark.lastLsn(), heal, incident), mark);
        if (incident != null) {
            LOG.warn("{}: {}", incident.kind().word(), incident.detail());
        }
    }

    private Incident late(List<UUID> owed) {
        return Incident.of(
                Incident.Kind.LATE_MESSAGES,
                "A relay that had lost the lead stored messages in stream " + stream.name()
                        + " after the one that took over had journaled what goes behind them: " + owed.size()
                        + " events that were not stored yet get positions of a new epoch.");
    }

    private Incident forked(List<UUID> ghosts, List<UUID> missed) {
        String seen = ghosts.isEmpty()
                ? "Stream " + stream.name() + " is ahead of this database"
                : "Stream " + stream.name() + " holds " + ghosts.size()
                        + " events that this database does not know (column ghosts)";
        String lacking = missed.isEmpty()
                ? ""
                : " The stream lacks " + missed.size()
                        + " events of before its end, which may have been parked in the meantime; they are published"
                        + " behind it.";
        int gone = missed.isEmpty() ? 0 : ledger.unknown(missed).size();
        return new Incident(
                Incident.Kind.FORK,
                ghosts,
                seen
                        + ": it was restored from a backup or a snapshot, or a standby without what is missing was promoted."
                        + (ghosts.isEmpty() ? "" : " Consumers have heard of them.")
                        + " The database goes on in a new epoch behind them." + lacking
                        + (gone == 0 ? "" : " Of " + gone + " of them there is no row in outbox.event any more."));
    }

    private List<UUID> owedBehind(@Nullable OutboxPosition position) throws InterruptedException {
        List<UUID> owed = new ArrayList<>();
        if (position == null) {
            return owed;
        }
        OwedRows rows = new OwedRows(ledger, position);
        rows.each(row -> {
            for (int i = 0; i < row.events().size(); i++) {
                if (row.kind() == JournalRow.Kind.PUBLISHED && rows.counts(row, i)) {
                    owed.add(row.events().id(i));
                }
            }
            return true;
        });
        return owed;
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
            tell(Incident.of(Incident.Kind.PUBLICATION_TOUCHED, detail));
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
        healWithNewSlot(
                past,
                Incident.of(
                        Incident.Kind.SLOT_LOST,
                        "The replication slot was lost: " + why
                                + ". A new one was made; what was committed in between is published from the table."));
    }

    private void healWithNewSlot(Past past, Incident incident) {
        boolean isAnotherCluster = past.noted().epoch() != null
                && !past.noted()
                        .epoch()
                        .systemIdentifier()
                        .equals(past.database().systemIdentifier());
        JournalMark mark = past.noted().mark();
        source.makeSlot(
                new NewEpoch(
                        Epoch.Reason.SLOT_MADE_ANEW,
                        past.database().systemIdentifier(),
                        0,
                        new Heal.Unjournaled(),
                        incident),
                isAnotherCluster ? mark.withProven(null) : mark);
        LOG.warn("{}: {}", incident.kind().word(), incident.detail());
    }

    /** The proof finds what the slot has passed without a relay, since the last proven snapshot is from before. */
    private void followSlot(Past past, Diagnosis.SlotMoved moved) {
        tell(Incident.of(
                Incident.Kind.SLOT_MOVED,
                "Somebody else has moved the replication slot, or made it anew, from " + Long.toHexString(moved.from())
                        + " to " + Long.toHexString(moved.to())
                        + ". What it has passed is looked for in the table and published from there."));
        note(past.noted(), past.noted().mark().withConfirmLsn(moved.to()));
    }

    /** Publishes rows that the slot has passed and nobody has journaled, behind everything else. */
    public void heal(Past past, List<UUID> found) {
        List<UUID> unjournaled = ledger.withoutEntry(found, 0);
        if (unjournaled.isEmpty()) {
            return;
        }
        Incident incident = Incident.of(
                Incident.Kind.UNJOURNALED_ROWS,
                unjournaled.size()
                        + " events were in outbox.event, and neither in the journal nor in the stream, though"
                        + " the replication slot had passed them. They are published from the table.");
        begin(
                past,
                Epoch.Reason.HEAL,
                new Heal.These(unjournaled),
                incident,
                past.noted().mark());
    }

    /** Does what was requested for events that are held back: they are discarded, or published behind everything else. */
    public void release(Past past) {
        begin(past, Epoch.Reason.RETRY, new Heal.Requested(), null, past.noted().mark());
        LOG.info("Parked events are taken up again, as was requested");
    }

    private void note(Noted noted, JournalMark mark) {
        note(noted.entry(), mark);
    }

    /** Fenced by the entry that this relay knew as the newest; never by one that was just looked up. */
    private void note(long newest, JournalMark mark) {
        ledger.append(List.of(new JournalRow(newest + 1, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, mark)));
    }

    private void tell(Incident incident) {
        ledger.record(incident);
        LOG.warn("{}: {}", incident.kind().word(), incident.detail());
    }
}
