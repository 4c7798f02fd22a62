package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.history.Admission;
import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.history.Diagnostician;
import dev.aftercommit.relay.history.Healing;
import dev.aftercommit.relay.history.OwedEvents;
import dev.aftercommit.relay.history.OwedProgress;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.StreamNote;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.upkeep.Chore;
import dev.aftercommit.relay.upkeep.TableUpkeep;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader does: compares the witnesses of the past, mends what has changed, publishes what is owed, streams, and
 * begins anew when something has changed meanwhile.
 */
final class Leading {
    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofMillis(20);
    private static final int ASKED_FOR_REST = 250;
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    private static final int ASKED_FOR_A_LOST_STREAM = 10;
    private static final Duration LOOK_FOR_ROWS = Duration.ofSeconds(2);

    private final Work work;
    private final Source source;
    private final EventStream stream;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final Machine machine;
    private boolean atWork;
    /** Of the journal; 0 before this relay has taken one. */
    private int term;
    /** To be healed once all that is in the stream is in the journal. */
    private List<UUID> unjournaled = List.of();
    /** Something is to be done with parked events, and all that belongs to their queues is in the journal. */
    private boolean requested;
    /** Events that the stream has refused for their own sake, with its reason. */
    private final Map<UUID, String> refused = new HashMap<>();

    Leading(Work work, Source source, EventStream stream, Progress progress, BooleanSupplier stopped, Machine machine) {
        this.work = work;
        this.source = source;
        this.stream = stream;
        this.progress = progress;
        this.stopped = stopped;
        this.machine = machine;
    }

    /** For which source it leads, and what it does for the table of its events. */
    record Work(String sourceName, TableUpkeep tables) {}

    /** Whether it came as far as publishing: database and stream belong together. */
    boolean isAtWork() {
        return atWork;
    }

    /**
     * Leads until the relay is told to stop.
     *
     * @throws AftercommitException what ended it, when that was not the relay's wish
     */
    void lead() throws InterruptedException {
        try (Ledger ledger = source.openLedgerForLongQueries();
                Progress.Pulse renewed = progress.pulse("lease");
                Machine.Worker lease = machine.start("lease", LEASE, renewed.after(() -> renew(ledger)))) {
            Healing healing = new Healing(source, ledger, stream, this::waits);
            while (!stopped.getAsBoolean()) {
                requireLease(lease);
                Past past = look(ledger);
                requireTerm(past.noted());
                Diagnosis diagnosis = Diagnostician.diagnose(past);
                if (diagnosis instanceof Diagnosis.Blocked blocked) {
                    throw blocked.asException();
                }
                if (term == 0 && !(diagnosis instanceof Diagnosis.TakeOver)) {
                    takeTerm(ledger, past.noted());
                    continue;
                }
                if (diagnosis instanceof Diagnosis.Mendable mendable) {
                    progress.enter(RelayState.HEALING, null);
                    healing.mend(mendable, past);
                    requested = false;
                    if (mendable instanceof Diagnosis.SlotLost) {
                        unjournaled = List.of(); // the new slot has healed all that can be seen
                    }
                    continue;
                }
                atWork = true;
                if (!unjournaled.isEmpty()) {
                    unjournaled = healing.heal(past, unjournaled);
                    if (!unjournaled.isEmpty()) {
                        machine.pause(LOOK_FOR_ROWS);
                    }
                    continue;
                }
                if (requested) {
                    healing.release(past);
                    requested = false;
                    refused.clear();
                    continue;
                }
                publish(ledger, past, lease);
            }
        }
    }

    /** Other people's transactions are in the way, and nothing is published for as long. */
    private void waits(String reason) {
        LOG.warn(reason);
        progress.enter(RelayState.WAITING, new AftercommitException(ErrorCode.DATABASE_UNSUITABLE, reason));
    }

    /** Without the lease nothing that this leader still waits for is of use. */
    private void renew(Ledger ledger) {
        try {
            source.renewLease();
        } catch (AftercommitException e) {
            ledger.close();
            throw e;
        }
    }

    /** What another leader has noted is nothing to go on from: this one was away, and leads no more. */
    private void requireTerm(Noted noted) {
        if (term != 0 && noted.mark().term() != term) {
            throw new AftercommitException(
                    ErrorCode.FENCED,
                    "Another relay leads: the journal is in term "
                            + noted.mark().term() + ", and this relay's was " + term + ".");
        }
    }

    private static void requireLease(Machine.Worker lease) {
        RuntimeException lost = lease.failure();
        if (lost != null) {
            throw lost;
        }
    }

    /** That there is no stream is asked again for a while: a broker that recovers may say so, too. */
    private Past look(Ledger ledger) throws InterruptedException {
        Past past = lookAtRest(ledger);
        for (int i = 0; past.stream() == null && past.noted().stream() != null && i < ASKED_FOR_A_LOST_STREAM; i++) {
            machine.pause(ASK_AGAIN);
            past = lookAtRest(ledger);
        }
        return past;
    }

    /** A relay that does not know yet that it leads no more may still be publishing for a moment. */
    private Past lookAtRest(Ledger ledger) throws InterruptedException {
        Past past = Past.look(source, ledger, stream);
        for (int i = 0; past.isOvertaken(); i++) {
            if (i == ASKED_FOR_REST) {
                throw new AftercommitException(
                        ErrorCode.FENCED, "Somebody else is publishing into stream " + stream.name() + ".");
            }
            machine.pause(SOON);
            past = Past.look(source, ledger, stream);
        }
        return past;
    }

    /** From here on no other leader can write to the journal: its next entry is taken (J7). */
    private void takeTerm(Ledger ledger, Noted noted) {
        JournalMark mark = noted.mark().withTerm(noted.mark().term() + 1);
        ledger.append(
                List.of(new JournalRow(noted.entry() + 1, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, mark)));
        term = mark.term();
    }

    private void publish(Ledger ledger, Past past, Machine.Worker lease) throws InterruptedException {
        Noted noted = past.noted();
        Epoch epoch = Objects.requireNonNull(noted.epoch());
        StreamState state = Objects.requireNonNull(past.stream());
        stream.label(noted.history(), epoch.branch());
        noteStream(ledger, noted, state);
        progress.leading(epoch.number(), ledger.incidents());
        EventRouter router = new EventRouter(work.sourceName(), state.labels().partitions());
        Admission admission = new Admission(router, ledger.held(), refused);
        progress.enter(RelayState.CATCHING_UP, null);
        OwedEvents owed =
                new OwedEvents(ledger, stream, admission, stopped, new OwedProgress(machine.clock()), machine.clock());
        switch (owed.publish(past)) {
            case OwedEvents.Outcome.Done done -> stream(ledger, admission, lease);
            case OwedEvents.Outcome.CutShort cut -> {}
            case OwedEvents.Outcome.Refused its ->
                refused.put(its.message().event(), its.message().reason());
        }
    }

    private void stream(Ledger ledger, Admission admission, Machine.Worker lease) throws InterruptedException {
        Past current = lookAtRest(ledger);
        requireTerm(current.noted());
        if (!(Diagnostician.diagnose(current) instanceof Diagnosis.Well)) {
            return;
        }
        Streaming streaming = new Streaming(source, stream, work.tables(), progress, stopped, machine);
        Chore.Finding found = streaming.run(current, admission, () -> requireLease(lease));
        switch (found) {
            case Chore.Finding.Nothing nothing -> {}
            case Chore.Finding.Changed changed -> LOG.debug("The past has changed: {}", changed.diagnosis());
            case Chore.Finding.Refused its -> refused.put(its.event(), its.reason());
            case Chore.Finding.Requested its -> requested = true;
            case Chore.Finding.Unjournaled passedOver -> unjournaled = passedOver.events();
        }
    }

    private static void noteStream(Ledger ledger, Noted noted, StreamState state) {
        StreamNote seen = new StreamNote(
                state.shape().config(), state.extent().first(), state.extent().holes());
        if (!seen.equals(noted.stream())) {
            ledger.noteStream(seen, noted.mark().term());
        }
    }
}
