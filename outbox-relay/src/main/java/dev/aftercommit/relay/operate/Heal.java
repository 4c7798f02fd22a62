package dev.aftercommit.relay.operate;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.history.Decision;
import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.history.Diagnostician;
import dev.aftercommit.relay.history.GoneEvents;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.StreamNote;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What blocks a relay until a person decides it: what there is to choose, what each choice would change, and the choice
 * carried out. Relays may run meanwhile; each call looks anew.
 */
public final class Heal {
    private static final int NAMED = 5;
    private static final int TRIES = 5;

    private final Source source;
    private final Ledger ledger;
    private final EventStream stream;
    private final Clock clock;

    public Heal(Source source, Ledger ledger, EventStream stream, Clock clock) {
        this.source = source;
        this.ledger = ledger;
        this.stream = stream;
        this.clock = clock;
    }

    /** What blocks the relay, or would block it once it runs; null when nothing does that a person has to see to. */
    public Diagnosis.@Nullable Blocked blocked() throws InterruptedException {
        return blocked(Past.lookFromOutside(source, ledger, stream));
    }

    private Diagnosis.@Nullable Blocked blocked(Past past) throws InterruptedException {
        return switch (Diagnostician.diagnose(past)) {
            case Diagnosis.Blocked blocked -> blocked;
            case Diagnosis.StreamRewound rewound -> GoneEvents.behindRetention(ledger, past, stream.name());
            case Diagnosis.Well well ->
                GoneEvents.find(ledger, past, clock.instant()).blocked(ledger);
            case Diagnosis.StreamAhead ahead ->
                GoneEvents.find(ledger, past, clock.instant()).blocked(ledger);
            case Diagnosis.Mendable mendable -> null;
        };
    }

    /**
     * What carrying it out would change, in sentences.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when this is not what there is to decide
     */
    public List<String> foresee(Decision decision) throws InterruptedException {
        Past past = Past.lookFromOutside(source, ledger, stream);
        requireOffered(decision, past);
        return switch (decision) {
            case REBUILD_STREAM -> rebuilt(Objects.requireNonNull(past.stream()));
            case ACCEPT_REMOVAL -> leftOut(past);
            case GIVE_UP_GONE -> givenUp(GoneEvents.find(ledger, past, clock.instant()));
        };
    }

    /**
     * Does it, and notes it as an incident. What is left to do the relay does when it runs.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when this is not what there is to decide (any more)
     */
    public void carryOut(Decision decision) throws InterruptedException {
        for (int i = 1; ; i++) {
            try {
                tryTo(decision);
                return;
            } catch (AftercommitException e) {
                // A relay that is blocked writes its term into the journal each time it looks again.
                if (e.code() != ErrorCode.FENCED || i == TRIES) {
                    throw e;
                }
            }
        }
    }

    private void tryTo(Decision decision) throws InterruptedException {
        Past past = Past.lookFromOutside(source, ledger, stream);
        Diagnosis.Blocked blocked = requireOffered(decision, past);
        switch (decision) {
            case REBUILD_STREAM -> {
                stream.delete();
                tell(decision, blocked, "");
            }
            case ACCEPT_REMOVAL -> {
                tell(decision, blocked, "");
                ledger.noteStream(accepted(past), past.noted().mark().term());
            }
            case GIVE_UP_GONE -> {
                GoneEvents gone = GoneEvents.find(ledger, past, clock.instant());
                if (gone.rows().isEmpty()) { // a row has come back since
                    throw nothingToDecide(decision, null);
                }
                tell(decision, blocked, " " + givenUp(gone).getFirst());
                ledger.append(discarded(past, gone));
            }
        }
    }

    /** What is removed later on is noticed again. */
    private static StreamNote accepted(Past past) {
        StreamNote noted = Objects.requireNonNull(past.noted().stream());
        StreamState.Extent extent = Objects.requireNonNull(past.stream()).extent();
        return new StreamNote(noted.config(), extent.first(), past.holes());
    }

    /** Twice, if a relay was faster, is better than not at all. */
    private void tell(Decision decision, Diagnosis.Blocked blocked, String more) {
        ledger.record(Incident.of(
                Incident.Kind.DECISION, "A person decided \"" + decision.word() + "\". " + blocked.text() + more));
    }

    private static List<JournalRow> discarded(Past past, GoneEvents gone) {
        List<JournalRow> rows = new ArrayList<>();
        long entry = past.noted().entry();
        for (JournalRow row : gone.rows()) {
            entry++;
            rows.add(new JournalRow(
                    entry,
                    JournalRow.Kind.DISCARDED,
                    row.epoch(),
                    row.events(),
                    past.noted().mark()));
        }
        return rows;
    }

    private Diagnosis.Blocked requireOffered(Decision decision, Past past) throws InterruptedException {
        Diagnosis.Blocked blocked = blocked(past);
        if (blocked == null || !blocked.choices().contains(decision)) {
            throw nothingToDecide(decision, blocked);
        }
        return blocked;
    }

    private static AftercommitException nothingToDecide(Decision decision, Diagnosis.@Nullable Blocked blocked) {
        return new AftercommitException(
                ErrorCode.INVALID_SETTING,
                "There is nothing to decide by \"" + decision.word() + "\". "
                        + (blocked == null ? "Nothing is blocked." : blocked.message()));
    }

    private List<String> rebuilt(StreamState state) throws InterruptedException {
        Unknown unknown = new Unknown();
        StreamState.Extent extent = state.extent();
        if (extent.messages() > 0) {
            stream.read(extent.first(), extent.last(), unknown::take);
        }
        List<String> lines = new ArrayList<>();
        lines.add("Stream " + stream.name() + " is deleted, with its " + extent.messages()
                + " messages. The relay makes it again as it was and publishes what this database has, in order and at the"
                + " same positions.");
        lines.add(
                unknown.count == 0
                        ? "Of every message the event is in outbox.event: the new stream lacks none."
                        : unknown.count + " of the messages are of events that are not in outbox.event; they are lost, "
                                + named(unknown.first, unknown.count) + ".");
        lines.add(
                "Consumers go on where they were, by position. One whose last event the new stream lacks stops and says"
                        + " what there is to choose.");
        return lines;
    }

    /** Messages whose events the table does not have. */
    private final class Unknown {
        private final List<UUID> first = new ArrayList<>();
        private long count;

        void take(List<StoredMessage> messages) {
            Set<UUID> unknown =
                    ledger.unknown(messages.stream().map(StoredMessage::eventId).toList());
            unknown.stream().limit(NAMED - first.size()).forEach(first::add);
            count += unknown.size();
        }
    }

    private static List<String> leftOut(Past past) {
        StreamState.Extent extent = Objects.requireNonNull(past.stream()).extent();
        String missing = past.holes() == 0 ? "" : ", and " + past.holes() + " messages are missing behind it";
        return List.of(
                "What was removed stays missing: the stream begins at sequence " + extent.first() + missing
                        + ". The relay publishes on behind sequence " + extent.last() + ".",
                "A consumer that had not handled them has missed them. Their events stay in outbox.event for as long as"
                        + " the others.");
    }

    private List<String> givenUp(GoneEvents gone) {
        List<UUID> ids =
                gone.rows().stream().flatMap(row -> row.events().ids().stream()).toList();
        List<String> lines = new ArrayList<>();
        lines.add(ids.size() + " events are never published, even if their rows are brought back: "
                + named(ids.subList(0, Math.min(NAMED, ids.size())), ids.size())
                + ". What the relay has behind them is published then.");
        lines.add(
                "A row that a synchronous standby has not confirmed cannot be seen either: if one is away, bring that back"
                        + " instead.");
        if (gone.young() > 0) {
            lines.add(gone.young() + " more cannot be seen and are younger than an hour; they are waited for.");
        }
        return lines;
    }

    private static String named(List<UUID> first, long count) {
        String ids = String.join(", ", first.stream().map(UUID::toString).toList());
        return (count > first.size() ? "the first of them " : "") + ids;
    }
}
