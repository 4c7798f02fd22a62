package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalRow.Kind;
import dev.aftercommit.relay.source.PackedEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Events on their way into the journal, in order. One is due when the messages that were published before it, and its
 * own, are acknowledged. A ring of arrays, because there is one for each event; safe for use by several threads.
 */
public final class PendingEvents {
    private static final int CAPACITY = 1 << 15;
    private static final int MASK = CAPACITY - 1;
    private static final int MOST_IN_A_ROW = 4_096;

    private final long[] idHigh = new long[CAPACITY];
    private final long[] idLow = new long[CAPACITY];
    private final long[] lsn = new long[CAPACITY];
    private final int[] ordinal = new int[CAPACITY];
    private final int[] epoch = new int[CAPACITY];
    private final long[] micros = new long[CAPACITY];
    private final long[] needed = new long[CAPACITY];
    private final Kind[] kind = new Kind[CAPACITY];
    private long first;
    private long next;

    /**
     * Events of one epoch and kind that are due.
     *
     * @param needed how many messages the last of them needed to be acknowledged
     */
    public record Batch(Kind kind, int epoch, PackedEvents events, long needed) {}

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
        return next - first >= CAPACITY;
    }

    /** How many were ever added. */
    public synchronized long added() {
        return next;
    }

    /**
     * Adds one. There must be room.
     *
     * @param published how many messages were published so far, its own included if it has one
     */
    public synchronized void add(Kind what, UUID id, OutboxPosition position, Instant time, long published) {
        if (isFull()) {
            throw new IllegalStateException("No room for another event; ask first.");
        }
        int at = (int) (next++ & MASK);
        idHigh[at] = id.getMostSignificantBits();
        idLow[at] = id.getLeastSignificantBits();
        lsn[at] = position.transactionLsn();
        ordinal[at] = position.ordinal();
        epoch[at] = position.epoch();
        micros[at] = PackedEvents.micros(time);
        needed[at] = published;
        kind[at] = what;
    }

    /** Takes out what is due, in batches of one row each. */
    public synchronized List<Batch> takeDue(long acknowledged) {
        List<Batch> batches = new ArrayList<>();
        while (first < next && needed[(int) (first & MASK)] <= acknowledged) {
            batches.add(takeBatch(acknowledged));
        }
        notifyAll();
        return batches;
    }

    private Batch takeBatch(long acknowledged) {
        int head = (int) (first & MASK);
        Kind what = kind[head];
        int of = epoch[head];
        long last = 0;
        PackedEvents.Builder packed = new PackedEvents.Builder(64);
        for (int count = 0; count < MOST_IN_A_ROW && first < next; count++) {
            int at = (int) (first & MASK);
            if (kind[at] != what || epoch[at] != of || needed[at] > acknowledged) {
                break;
            }
            packed.add(idHigh[at], idLow[at], lsn[at], ordinal[at], micros[at]);
            last = needed[at];
            first++;
        }
        return new Batch(what, of, packed.build(), last);
    }
}
