package dev.aftercommit.relay.history;

import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.Proven;
import dev.aftercommit.relay.source.StreamEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is acknowledged into the journal, and only then lets the slot be confirmed (J1). One thread writes; what it
 * has written any may ask.
 */
public final class JournalWriter {
    /** Of WAL without events: a row is worth it when so much of it could go. */
    private static final long NOTEWORTHY_BYTES = 16 * 1024;

    private final Ledger ledger;
    private final PendingEvents pending;
    private final SlotCheckpoint checkpoint;
    private final ReplayWindow window;
    private final LongSupplier acknowledged;
    private final long startSequence;
    private long entry;
    private long taken;
    private JournalMark mark;
    private volatile long confirmable;
    private volatile long passed;
    private volatile long journaled;
    private volatile @Nullable Proven proven;
    private volatile StreamEnd end;

    /**
     * Goes on behind what is noted.
     *
     * @param window says how far the slot may be confirmed
     * @param acknowledged how many messages from the first on are stored
     */
    public JournalWriter(
            Ledger ledger,
            PendingEvents pending,
            SlotCheckpoint checkpoint,
            ReplayWindow window,
            LongSupplier acknowledged,
            Noted noted) {
        this.ledger = ledger;
        this.pending = pending;
        this.checkpoint = checkpoint;
        this.window = window;
        this.acknowledged = acknowledged;
        this.mark = noted.mark();
        this.entry = noted.entry();
        this.startSequence = mark.end().sequence();
        this.confirmable = mark.confirmLsn();
        this.proven = mark.proven();
        this.end = mark.end();
    }

    /**
     * Writes what is due.
     *
     * @param evenIdle whether to note an LSN that has moved without events, too
     * @return whether anything was written
     */
    public boolean write(boolean evenIdle) {
        List<PendingEvents.Batch> batches = pending.takeDue(acknowledged.getAsLong());
        for (PendingEvents.Batch batch : batches) {
            taken += batch.events().size();
        }
        long lsn = checkpoint.confirmable(taken);
        JournalMark progress = mark.withProven(proven);
        if (Long.compareUnsigned(lsn, mark.confirmLsn()) > 0 && window.isSafe(lsn)) {
            progress = progress.withConfirmLsn(lsn);
        }
        List<JournalRow> rows = new ArrayList<>();
        List<ParkedEvent> parked = new ArrayList<>();
        long next = entry;
        for (PendingEvents.Batch batch : batches) {
            parked.addAll(batch.parked());
            progress = behind(batch, progress);
            rows.add(new JournalRow(++next, batch.kind(), batch.epoch(), batch.events(), progress));
        }
        if (rows.isEmpty() && isWorthNoting(progress, evenIdle)) {
            rows.add(new JournalRow(++next, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, progress));
        }
        if (rows.isEmpty()) {
            passed = lsn;
            return false;
        }
        ledger.append(rows, parked);
        journaled = taken;
        entry = next;
        mark = progress;
        end = mark.end();
        confirmable = mark.confirmLsn();
        passed = lsn;
        return true;
    }

    private JournalMark behind(PendingEvents.Batch batch, JournalMark before) {
        PackedEvents events = batch.events();
        JournalMark after = before;
        for (int i = 0; i < events.size(); i++) {
            if (Long.compareUnsigned(events.lsn(i), after.lastLsn()) > 0) {
                after = after.withLastLsn(events.lsn(i));
            }
        }
        long sequence = startSequence + batch.needed();
        if (batch.kind() == JournalRow.Kind.PUBLISHED && sequence > after.end().sequence()) {
            UUID last = events.id(events.size() - 1);
            after = after.withEnd(new StreamEnd(sequence, last));
        }
        return after;
    }

    private boolean isWorthNoting(JournalMark progress, boolean evenIdle) {
        long bytes = progress.confirmLsn() - mark.confirmLsn();
        return bytes > NOTEWORTHY_BYTES || (evenIdle && bytes > 0);
    }

    /** How many of the pending events are in the journal, of all that were ever added. */
    public long journaled() {
        return journaled;
    }

    /** Up to where the slot may be confirmed. */
    public long confirmable() {
        return confirmable;
    }

    /** Up to where every event that the slot delivers is journaled; may be ahead of what is noted as confirmable. */
    public long passed() {
        return passed;
    }

    /** The end of the stream as the journal has it. */
    public StreamEnd end() {
        return end;
    }

    /** What is proven; null where nothing was. */
    public @Nullable Proven proven() {
        return proven;
    }

    /** Takes down that this is proven, with the next row. */
    public void prove(Proven snapshot) {
        proven = snapshot;
    }
}
