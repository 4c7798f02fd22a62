package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.history.Diagnostician;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.PendingEvents;
import dev.aftercommit.relay.history.ReplayWindow;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.status.RelayState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an outage of the stream from filling the database's disk (J3): when the WAL that the slot holds back comes near
 * its budget, the order of the events is journaled without publishing them, and the slot is confirmed, so that the WAL
 * goes. The events themselves are rows of the table; they are published from there when the stream is back.
 */
final class ReleaseValve {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseValve.class);
    private static final long DEFAULT_BUDGET = 1L << 30;
    private static final long SMALL = 16L << 20;
    private static final Duration TURN = Duration.ofMillis(20);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SLOT_FREE = Duration.ofSeconds(5);
    private static final Duration OPEN = Duration.ofSeconds(20);

    private final Source source;
    private final long budget;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final Machine machine;

    /**
     * @param configuredBudget bytes; 0 to take four fifths of what PostgreSQL keeps for a slot, or a gigabyte where it
     *     keeps whatever there is
     */
    ReleaseValve(Source source, long configuredBudget, Progress progress, BooleanSupplier stopped, Machine machine) {
        this.source = source;
        this.progress = progress;
        this.stopped = stopped;
        this.machine = machine;
        this.budget = configuredBudget > 0 ? configuredBudget : defaultBudget(source.walLimit());
    }

    private static long defaultBudget(long walLimit) {
        return walLimit > 0 ? walLimit / 5 * 4 : DEFAULT_BUDGET;
    }

    /** Whether what ended a run is that the stream, or the way to it, is in trouble, and not the database. */
    static boolean isFor(ErrorCode code) {
        return switch (code) {
            case BROKER_UNAVAILABLE, BROKER_UNSUITABLE, STREAM_MISMATCH -> true;
            default -> false;
        };
    }

    /** Opens when half of the budget is used and nobody else leads, until the WAL has gone; does nothing otherwise. */
    void relieve() throws InterruptedException {
        DatabaseState database = source.look();
        if (!isNeeded(database.slot()) || !leads()) {
            return;
        }
        try (Ledger ledger = source.openLedger()) {
            Noted noted = ledger.noted();
            boolean isSound = noted.last() != null
                    && noted.epoch() != null
                    && Diagnostician.ofDatabase(database, noted) instanceof Diagnosis.Well;
            if (isSound) {
                journal(database, noted, ledger);
            }
        }
    }

    private boolean isNeeded(@Nullable SlotState slot) {
        return slot != null && slot.loss() == null && slot.wal().retainedBytes() > budget / 2;
    }

    /** The slot may still be in use by this relay's own connection that has just ended. */
    private boolean leads() throws InterruptedException {
        Instant deadline = machine.clock().instant().plus(SLOT_FREE);
        while (!stopped.getAsBoolean() && machine.clock().instant().isBefore(deadline)) {
            switch (source.tryToLead()) {
                case Source.Lease.Leads leads -> {
                    return true;
                }
                case Source.Lease.AnotherLeads another -> {
                    return false;
                }
                case Source.Lease.SlotIsHeld held -> machine.pause(TURN.multipliedBy(5));
            }
        }
        return false;
    }

    private void journal(DatabaseState database, Noted before, Ledger ledger) throws InterruptedException {
        JournalMark mark = before.mark().withTerm(before.mark().term() + 1);
        ledger.append(
                List.of(new JournalRow(before.entry() + 1, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, mark)));
        Noted noted = ledger.noted();
        progress.enter(RelayState.RELIEVING, null);
        LOG.warn(
                "The stream takes nothing and {} MB of WAL are held back, of a budget of {} MB: the order of the events is"
                        + " journaled and the WAL let go; they are published from outbox.event when the stream is back",
                megabytes(database.slot()),
                budget >> 20);
        PendingEvents pending = new PendingEvents(machine.room());
        SlotCheckpoint checkpoint = new SlotCheckpoint();
        ReplayWindow window = ReplayWindow.of(ledger, noted, database);
        JournalWriter writer = new JournalWriter(ledger, pending, checkpoint, window, () -> 0, noted);
        OwedListener listener = new OwedListener(
                new Positions(noted, database.systemIdentifier()), ledger, window, pending, checkpoint, writer);
        try (CaptureSource capture = source.capture()) {
            capture.start(listener);
            journal(listener, writer);
            capture.pause();
            for (int i = 0; i < 10; i++) {
                writer.write(true);
                machine.pause(TURN);
            }
        }
        LOG.info("{} events are owed to the stream now", pending.added());
    }

    private void journal(OwedListener listener, JournalWriter writer) throws InterruptedException {
        Instant end = machine.clock().instant().plus(OPEN);
        Instant nextLook = machine.clock().instant();
        boolean isSmall = false;
        while (!stopped.getAsBoolean() && !(isSmall && machine.clock().instant().isAfter(end))) {
            boolean isTimeToLook = !machine.clock().instant().isBefore(nextLook);
            writer.write(isTimeToLook);
            if (listener.failure() != null) {
                LOG.warn("The WAL was not let go: {}", Reason.rootOf(listener.failure()));
                LOG.debug("The capture has ended", listener.failure());
                return;
            }
            if (isTimeToLook) {
                nextLook = machine.clock().instant().plus(LOOK);
                source.renewLease();
                source.heartbeat();
                SlotState slot = source.look().slot();
                progress.looked(slot);
                isSmall = slot == null || slot.wal().lagBytes() < SMALL;
            }
            machine.pause(TURN);
        }
    }

    private static long megabytes(@Nullable SlotState slot) {
        return slot == null ? 0 : slot.wal().retainedBytes() >> 20;
    }
}
