package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.history.Admission;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.history.PendingEvents;
import dev.aftercommit.relay.history.Proof;
import dev.aftercommit.relay.history.ReplayWindow;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.upkeep.Chore;
import dev.aftercommit.relay.upkeep.Heartbeat;
import dev.aftercommit.relay.upkeep.ParkedWatch;
import dev.aftercommit.relay.upkeep.PastWatch;
import dev.aftercommit.relay.upkeep.ProofChore;
import dev.aftercommit.relay.upkeep.TableUpkeep;
import dev.aftercommit.relay.upkeep.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the slot into the stream, until something is lost or found, or the relay is to stop. */
final class Streaming {
    private static final Logger LOG = LoggerFactory.getLogger(Streaming.class);
    private static final Duration WATCH = Duration.ofMillis(20);
    private static final Duration JOURNAL = Duration.ofMillis(50);
    private static final Duration IDLE_NOTE = Duration.ofSeconds(30);
    private static final Duration PROVE = Duration.ofMillis(500);
    private static final Duration OTHER_ANSWERS = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration LAST_CONFIRM = Duration.ofSeconds(2);

    private final Source source;
    private final EventStream stream;
    private final TableUpkeep tables;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final Machine machine;
    private Instant idleNoteDue = Instant.MIN;

    Streaming(
            Source source,
            EventStream stream,
            TableUpkeep tables,
            Progress progress,
            BooleanSupplier stopped,
            Machine machine) {
        this.source = source;
        this.stream = stream;
        this.tables = tables;
        this.progress = progress;
        this.stopped = stopped;
        this.machine = machine;
    }

    /**
     * Streams.
     *
     * @param stillLeads throws when this relay does not lead any more
     * @return what was found; nothing when the relay is to stop
     */
    Chore.Finding run(Past past, Admission admission, Runnable stillLeads) throws InterruptedException {
        StreamState now = Objects.requireNonNull(past.stream());
        try (Ledger journal = source.openLedger();
                Ledger proofs = source.openLedgerForLongQueries();
                Publisher publisher = stream.publisher(now)) {
            PendingEvents pending = new PendingEvents(machine.room());
            SlotCheckpoint checkpoint = new SlotCheckpoint();
            ReplayWindow window = ReplayWindow.of(journal, past.noted(), past.database());
            JournalWriter writer =
                    new JournalWriter(journal, pending, checkpoint, window, publisher::acknowledged, past.noted());
            Pipeline.Changes changes = new Pipeline.Changes(
                    new Positions(past.noted(), past.database().systemIdentifier()), window);
            Pipeline.Records records = new Pipeline.Records(pending, checkpoint, writer);
            Proof proof = new Proof(proofs, writer);
            progress.publishing(publisher);
            try (Pipeline pipeline = new Pipeline(admission, changes, publisher, records, progress, machine);
                    CaptureSource capture = source.capture()) {
                capture.start(pipeline);
                progress.enter(RelayState.STREAMING, null);
                LOG.info(
                        "Streaming into stream {} behind sequence {}",
                        stream.name(),
                        now.extent().last());
                return watch(
                        capture, pipeline, publisher, new Writing(journal, writer, proof, past.noted()), stillLeads);
            } finally {
                progress.publishingEnded();
            }
        }
    }

    /** The journal, who writes and who proves it, and how it was in the beginning. */
    private record Writing(Ledger journal, JournalWriter writer, Proof proof, Noted begun) {}

    private Chore.Finding watch(
            CaptureSource capture, Pipeline pipeline, Publisher publisher, Writing writing, Runnable stillLeads)
            throws InterruptedException {
        AtomicReference<Chore.Finding> proven = new AtomicReference<>(Chore.Finding.NOTHING);
        List<Chore> slow = new ArrayList<>();
        slow.add(new ProofChore(writing.proof()));
        slow.addAll(tables.chores(source, stream, writing.begun().mark().term(), machine.clock()));
        Upkeep proofs = new Upkeep(machine.clock(), slow);
        try (Progress.Pulse written = progress.pulse("journal");
                Progress.Pulse watched = progress.pulse("upkeep");
                Machine.Worker journal =
                        machine.start("journal", JOURNAL, written.after(() -> write(writing.writer())));
                Machine.Worker proving = machine.start("proof", PROVE, () -> {
                    Chore.Finding found = proofs.tick();
                    if (!(found instanceof Chore.Finding.Nothing)) {
                        proven.set(found);
                    }
                })) {
            Upkeep upkeep = new Upkeep(
                    machine.clock(),
                    List.of(
                            new Heartbeat(
                                    source,
                                    writing.writer(),
                                    writing.proof(),
                                    pipeline::taken,
                                    () -> isHeld(publisher),
                                    progress::looked,
                                    machine.clock()),
                            new PastWatch(source, writing.journal(), stream),
                            new ParkedWatch(writing.journal(), writing.writer(), writing.begun(), progress::parked)));
            while (!stopped.getAsBoolean()) {
                watched.beat();
                Publisher.Refused refused = refused(publisher);
                if (refused != null) {
                    stopGracefully(capture, pipeline, publisher);
                    return new Chore.Finding.Refused(refused.event(), refused.reason());
                }
                throwIfFailed(pipeline);
                stillLeads.run();
                throwIfFailed(journal);
                throwIfFailed(proving);
                Chore.Finding found = upkeep.tick();
                if (found instanceof Chore.Finding.Nothing) {
                    List<UUID> passed = pipeline.toHeal();
                    found = passed.isEmpty()
                            ? Objects.requireNonNull(proven.get())
                            : new Chore.Finding.Unjournaled(passed);
                }
                if (!(found instanceof Chore.Finding.Nothing)) {
                    stopGracefully(capture, pipeline, publisher);
                    return found;
                }
                machine.pause(WATCH);
            }
            stopGracefully(capture, pipeline, publisher);
            return Chore.Finding.NOTHING;
        }
    }

    /** Of a message that was refused the others in the window tell only that something before them is missing. */
    private static Publisher.@Nullable Refused refused(Publisher publisher) throws InterruptedException {
        AftercommitException failure = publisher.failure();
        if (failure != null && failure.code() == ErrorCode.FENCED) {
            publisher.settle(OTHER_ANSWERS);
        }
        return publisher.refused();
    }

    private void write(JournalWriter writer) {
        boolean idle = !machine.clock().instant().isBefore(idleNoteDue);
        if (writer.write(idle) || idle) {
            idleNoteDue = machine.clock().instant().plus(IDLE_NOTE);
        }
    }

    /** A window that is full of messages without an answer: the stream takes nothing. */
    private static boolean isHeld(Publisher publisher) {
        return publisher.published() > publisher.acknowledged();
    }

    /** Reads nothing more, waits for the answers to what is sent, journals and tells the slot. A SIGKILL is as safe. */
    private void stopGracefully(CaptureSource capture, Pipeline pipeline, Publisher publisher)
            throws InterruptedException {
        capture.pause();
        machine.pause(WATCH);
        publisher.settle(SETTLE);
        Instant deadline = machine.clock().instant().plus(LAST_CONFIRM);
        machine.pause(JOURNAL.multipliedBy(2).plus(WATCH));
        while (!pipeline.isConfirmed() && machine.clock().instant().isBefore(deadline)) {
            machine.pause(WATCH);
        }
    }

    private static void throwIfFailed(Machine.Worker worker) {
        RuntimeException failure = worker.failure();
        if (failure != null) {
            throw failure;
        }
    }

    private static void throwIfFailed(Pipeline pipeline) {
        Throwable failure = pipeline.failure();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AftercommitException known && known.code() != ErrorCode.DATABASE_UNAVAILABLE) {
                throw known;
            }
        }
        if (failure != null) {
            throw failure instanceof AftercommitException known
                    ? known
                    : new AftercommitException(
                            ErrorCode.DATABASE_UNAVAILABLE,
                            "The replication stream ended: " + Reason.rootOf(failure) + ".",
                            failure);
        }
    }
}
