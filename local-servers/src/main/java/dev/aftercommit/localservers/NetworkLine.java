package dev.aftercommit.localservers;

import java.time.Duration;

/**
 * What connections of one kind go over. While it is cut nothing comes through and nobody is told: connections stay open,
 * as when a cable is pulled. What was on its way arrives when the line is mended. Thread-safe.
 */
public final class NetworkLine {
    private boolean cut;
    private Duration delay = Duration.ZERO;

    NetworkLine() {}

    public synchronized void cut() {
        cut = true;
    }

    /** From now on everything that comes through takes this long, and no more than 64 kB come at once. */
    public synchronized void slow(Duration by) {
        delay = by;
    }

    /** Neither cut nor slow any more. */
    public synchronized void mend() {
        cut = false;
        delay = Duration.ZERO;
        notifyAll();
    }

    /** Returns when the next bytes may come out at the other end. */
    void pass() throws InterruptedException {
        Thread.sleep(delay());
        synchronized (this) {
            while (cut) {
                wait();
            }
        }
    }

    private synchronized Duration delay() {
        return delay;
    }
}
