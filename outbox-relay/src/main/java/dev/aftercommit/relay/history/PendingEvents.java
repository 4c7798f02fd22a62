package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalRow.Kind;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.ParkedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way into the journal, in order. One is due when the messages that were published before it, and its
 * own, are acknowledged. A ring of arrays, because there is one for each event; safe for use by several threads.
 */
public final class PendingEvents {
    private static final int MOST_IN_A_ROW = 4_096;

    private final int room;
    private final int mask;
    private final long[] idHigh;
    private final long[] idLow;
    private final long[] lsn;
    private final int[] ordinal;
    private final int[] epoch;
    private final long[] micros;
    private final long[] needed;
    private final Kind[] kind;
    private final @Nullable ParkedEvent[] parked;
    private long first;
    private long next;

    /**
     * @param room how many there may be; a power of two
     */
    public PendingEvents(int room) {
        this.room = room;
        this.mask = room - 1;
        this.idHigh = new long[room];
        this.idLow = new long[room];
        this.lsn = new long[room];
        this.ordinal = new int[room];
        this.epoch = new int[room];
        this.micros = new long[room];
        this.needed = new long[room];
        this.kind = new Kind[room];
        this.parked = new ParkedEvent[room];
    }

    /**
     * Events of one epoch and kind that are due.
     *
     * @param parked why they are held back, each of them, when that is their kind
     * @param needed how many messages the last of them needed to be acknowledged
     */
    public record Batch(Kind kind, int epoch, PackedEvents events, List<ParkedEvent> parked, long needed) {}

    /** Waits until there is room for another event; false when there was none within the time. */
    public synchronized boolean awaitRoom(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long left = timeout.toMillis();
        while (isFull() && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        return !isFull();
    }

    private synchronized boolean isFull() {
        return next - first >= room;
    }

    /** How many were ever added. */
    public synchronized long added() {
        return next;
    }

    /**
     * Adds one that is published, or will be. There must be room.
     *
     * @param published how many messages were published so far, its own included if it has one
     */
    public void add(UUID id, OutboxPosition position, Instant time, long published) {
        add(Kind.PUBLISHED, id, position, time, published, null);
    }

    /** Adds one that is held back, likewise. */
    public void park(ParkedEvent event, Instant time, long published) {
        add(Kind.PARKED, event.event(), event.position(), time, published, event);
    }

    private synchronized void add(
            Kind what, UUID id, OutboxPosition position, Instant time, long published, @Nullable ParkedEvent held) {
        if (isFull()) {
            throw new IllegalStateException("No room for another event; ask first.");
        }
        int at = (int) (next++ & mask);
        idHigh[at] = id.getMostSignificantBits();
        idLow[at] = id.getLeastSignificantBits();
        lsn[at] = position.transactionLsn();
        ordinal[at] = position.ordinal();
        epoch[at] = position.epoch();
        micros[at] = PackedEvents.micros(time);
        needed[at] = published;
        kind[at] = what;
        parked[at] = held;
    }

    /** Takes out what is due, in batches of one row each. */
    public synchronized List<Batch> takeDue(long acknowledged) {
        List<Batch> batches = new ArrayList<>();
        while (first < next && needed[(int) (first & mask)] <= acknowledged) {
            batches.add(takeBatch(acknowledged));
        }
        notifyAll();
        return batches;
    }

    private Batch takeBatch(long acknowledged) {
        int head = (int) (first & mask);
        Kind what = kind[head];
        int of = epoch[head];
        List<ParkedEvent> held = new ArrayList<>();
        long last = 0;
        PackedEvents.Builder packed = new PackedEvents.Builder(64);
        for (int count = 0; count < MOST_IN_A_ROW && first < next; count++) {
            int at = (int) (first & mask);
            if (kind[at] != what || epoch[at] != of || needed[at] > acknowledged) {
                break;
            }
            packed.add(idHigh[at], idLow[at], lsn[at], ordinal[at], micros[at]);
            ParkedEvent because = parked[at];
            if (because != null) {
                held.add(because);
                parked[at] = null;
            }
            last = needed[at];
            first++;
        }
        return new Batch(what, of, packed.build(), held, last);
    }
}
