package dev.aftercommit.relay.checkpoint;

import java.util.ArrayDeque;

/**
 * Knows which LSN the slot may forget: the last boundary of the stream of changes before which every event has been
 * journaled. Safe for use by several threads.
 */
public final class SlotCheckpoint {
    private final ArrayDeque<Boundary> waiting = new ArrayDeque<>();
    private long confirmable;

    private record Boundary(long events, long lsn) {}

    /**
     * A boundary was read.
     *
     * @param events how many events were to be journaled before it, in this run
     * @param lsn the LSN that may be confirmed when all of them are journaled
     */
    public synchronized void reached(long events, long lsn) {
        Boundary last = waiting.peekLast();
        if (last != null && last.events() == events) {
            waiting.pollLast();
        }
        waiting.add(new Boundary(events, lsn));
    }

    /**
     * The LSN that may be confirmed now.
     *
     * @param journaled how many events from the first on are journaled, without a gap
     * @return 0 when there is none yet
     */
    public synchronized long confirmable(long journaled) {
        Boundary next = waiting.peekFirst();
        while (next != null && next.events() <= journaled) {
            confirmable = next.lsn();
            waiting.pollFirst();
            next = waiting.peekFirst();
        }
        return confirmable;
    }
}
