package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch.Heal;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.StreamEnd;
import dev.aftercommit.relay.source.StreamNote;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Mends what is the matter with the stream. */
final class StreamHealing {
    private final Ledger ledger;
    private final EventStream stream;
    private final HealingNotes notes;

    StreamHealing(Ledger ledger, EventStream stream, HealingNotes notes) {
        this.ledger = ledger;
        this.stream = stream;
        this.notes = notes;
    }

    /** So that what is missing from the stream is noticed from its first message on. */
    void noteStream(Noted noted) {
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

    /** Makes a stream that is gone again, to be filled from the journal. */
    void makeAgain(Past past) {
        stream.make(past.noted().stream() == null ? null : past.noted().stream().config());
        accept(past.noted(), 1, 0);
        OutboxPosition dropped = ledger.lastDropped();
        notes.tell(Incident.of(
                Incident.Kind.STREAM_MADE_ANEW,
                "There was no stream " + stream.name()
                        + " any more; it was made again as it was, and everything that the"
                        + " journal knows and the table still has is published into it."
                        + (dropped == null
                                ? ""
                                : " Retention has dropped events up to position " + dropped
                                        + ", so it begins behind them.")));
        notes.note(past.noted(), past.noted().mark().withEnd(StreamEnd.NONE));
    }

    /** Finds the last message that the journal knows, and takes it for the end. */
    void rewind(Past past, String seen) throws InterruptedException {
        StreamState state = Objects.requireNonNull(past.stream());
        accept(past.noted(), state.extent().first(), state.extent().holes());
        Diagnosis.Blocked blocked = GoneEvents.behindRetention(ledger, past, stream.name());
        if (blocked != null) {
            throw blocked.asException();
        }
        StoredMessage known = lastJournaled(state.extent(), past.last());
        StreamEnd end = known == null
                ? new StreamEnd(
                        state.extent().messages() == 0
                                ? state.extent().last()
                                : state.extent().first() - 1,
                        null)
                : new StreamEnd(known.sequence(), known.eventId());
        notes.tell(Incident.of(
                Incident.Kind.STREAM_REWOUND,
                "Stream " + stream.name() + " is not what it was: " + seen + ". What it lacks behind sequence "
                        + end.sequence() + " is published again from the journal."));
        notes.note(past.noted(), past.noted().mark().withEnd(end));
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
     * get the positions of a new epoch, so that the journal's order stays that of the positions. What was removed while it
     * was read is not missing: the past is another one then, and is diagnosed anew.
     */
    void absorb(Past past, long after) throws InterruptedException {
        StreamState found = Objects.requireNonNull(past.stream());
        Absorption absorption = new Absorption(ledger, past);
        stream.read(after + 1, found.extent().last(), absorption::take);
        if (!found.isWholeIn(stream.look())) {
            return;
        }
        int missed = absorption.missed();
        JournalMark mark = absorption.markAtEnd(found.extent().last());
        if (!absorption.ghosts().isEmpty() || missed > 0) {
            fork(past, absorption, missed, mark);
            return;
        }
        PackedEvents owed = absorption.isOvertaken() ? absorption.owed() : PackedEvents.NONE;
        if (owed.isEmpty()) {
            notes.note(absorption.entry(), mark);
        } else {
            notes.begin(past, Epoch.Reason.HEAL, new Heal.Again(owed), late(owed.size()), mark);
        }
    }

    /**
     * The database has gone back behind the stream's end. What it commits from now on belongs to a new epoch, and so does
     * what was owed to the stream, since nothing may stand before what is stored.
     */
    private void fork(Past past, Absorption absorption, int missed, JournalMark mark) {
        Incident incident = forked(absorption.ghosts(), missed);
        notes.begin(past, Epoch.Reason.FORK, new Heal.Again(absorption.owed()), incident, mark);
    }

    private Incident late(int owed) {
        return Incident.of(
                Incident.Kind.LATE_MESSAGES,
                "A relay that had lost the lead stored messages in stream " + stream.name()
                        + " after the one that took over had journaled what goes behind them: " + owed
                        + " events that were not stored yet get positions of a new epoch.");
    }

    private Incident forked(List<UUID> ghosts, int missed) {
        String seen = ghosts.isEmpty()
                ? "Stream " + stream.name() + " is ahead of this database"
                : "Stream " + stream.name() + " holds " + ghosts.size()
                        + " events that this database does not know (column ghosts)";
        String lacking = missed == 0
                ? ""
                : " The stream lacks " + missed
                        + " events of before its end, which may have been parked in the meantime; they are published"
                        + " behind it.";
        return new Incident(
                Incident.Kind.FORK,
                ghosts,
                seen
                        + ": it was restored from a backup or a snapshot, or a standby without what is missing was promoted."
                        + (ghosts.isEmpty() ? "" : " Consumers have heard of them.")
                        + " The database goes on in a new epoch behind them." + lacking);
    }
}
