package dev.aftercommit.relay.checkpoint;

import java.util.ArrayDeque;

/**
 * Knows which LSN the slot may forget: the last boundary of the stream of changes before which every message has been
 * acknowledged. For one thread.
 */
public final class SlotCheckpoint {
    private final ArrayDeque<Boundary> waiting = new ArrayDeque<>();
    private long confirmable;

    private record Boundary(long messages, long lsn) {}

    /**
     * A boundary was read.
     *
     * @param messages how many messages were published before it, in this run
     * @param lsn the LSN that may be confirmed when all of them are acknowledged
     */
    public void reached(long messages, long lsn) {
        Boundary last = waiting.peekLast();
        if (last != null && last.messages() == messages) {
            waiting.pollLast();
        }
        waiting.add(new Boundary(messages, lsn));
    }

    /**
     * The LSN that may be confirmed now.
     *
     * @param acknowledged how many messages from the first on are acknowledged, without a gap
     * @return 0 when there is none yet
     */
    public long confirmable(long acknowledged) {
        Boundary next = waiting.peekFirst();
        while (next != null && next.messages() <= acknowledged) {
            confirmable = next.lsn();
            waiting.pollFirst();
            next = waiting.peekFirst();
        }
        return confirmable;
    }
}
