package dev.aftercommit.relay.supervise;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Does something again and again on a thread of its own, until it fails or is closed. */
final class BackgroundLoop implements Machine.Worker {
    /** Who still waits for a server then is cut off when its connection is closed. */
    private static final Duration END = Duration.ofSeconds(2);

    private final Thread thread;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private volatile boolean closed;

    private BackgroundLoop(String name, Duration pause, Machine.Turn turn) {
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> loop(pause, turn));
    }

    static BackgroundLoop start(String name, Duration pause, Machine.Turn turn) {
        BackgroundLoop loop = new BackgroundLoop(name, pause, turn);
        loop.thread.start();
        return loop;
    }

    private void loop(Duration pause, Machine.Turn turn) {
        try {
            while (!closed) {
                turn.run();
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } catch (Error e) {
            failure.compareAndSet(null, new IllegalStateException("A thread of the relay has died: " + e, e));
            throw e;
        }
    }

    @Override
    public @Nullable RuntimeException failure() {
        return failure.get();
    }

    /** Waits for the turn that runs now. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
