package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.JavaProcess;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program in a process of its own that is kept running: one that ends by itself is started again after a second, as a
 * service manager does. Thread-safe.
 */
public final class KeptProcess implements AutoCloseable {
    private static final Duration RESTART_AFTER = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final String name;
    private final Supplier<JavaProcess> program;
    private @Nullable JavaProcess process;
    private boolean closed;

    /** One that does not run yet. */
    KeptProcess(String name, Supplier<JavaProcess> program) {
        this.name = name;
        this.program = program;
        Thread.ofVirtual().start(this::keepRunning);
    }

    public String name() {
        return name;
    }

    /** Starts it, if it does not run; waits for nothing. */
    public synchronized void start() {
        if (process == null && !closed) {
            process = program.get();
        }
    }

    /** SIGKILL; it stays away until {@link #start}. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** SIGTERM; it stays away until {@link #start}. */
    public void stop() {
        stop(STOP);
    }

    /** The same for one that may take as long to end. */
    synchronized void stop(Duration atMost) {
        if (process != null) {
            process.terminate(atMost);
            process = null;
        }
    }

    /** SIGSTOP. */
    public synchronized void freeze() {
        if (process != null) {
            process.freeze();
        }
    }

    /** SIGCONT. */
    public synchronized void thaw() {
        if (process != null) {
            process.thaw();
        }
    }

    private void keepRunning() {
        try {
            while (!isClosed()) {
                Thread.sleep(RESTART_AFTER);
                startWhatEnded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void startWhatEnded() {
        if (process != null && !process.isAlive()) {
            process = null;
            start();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        kill();
    }
}
