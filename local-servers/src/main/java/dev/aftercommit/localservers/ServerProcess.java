package dev.aftercommit.localservers;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The process of a server, from start to start: killed, stopped and started again on the same data. Thread-safe. */
final class ServerProcess {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final String name;
    private final ServerProgram program;
    private final Path log;
    private final @Nullable Path temporary;
    private @Nullable ChildProcess process;

    /**
     * A server that is down.
     *
     * @param name what failures call it
     * @param temporary a folder that {@link #close} deletes, if any
     */
    ServerProcess(String name, ServerProgram program, Path log, @Nullable Path temporary) {
        this.name = name;
        this.program = program;
        this.log = log;
        this.temporary = temporary;
    }

    /** Makes what {@link #startAgain} needs; a failure leaves nothing behind. */
    synchronized void prepare() {
        try {
            program.prepare();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Prepares the server and starts it; a failure leaves nothing behind. */
    synchronized void firstStart() {
        prepare();
        try {
            startAgain();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts the server and returns when it answers.
     *
     * @throws IllegalStateException when it runs already, or does not answer within a minute
     */
    synchronized void startAgain() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException(name + " already runs");
        }
        Instant deadline = Instant.now().plus(START_TIMEOUT);
        while (true) {
            long logged = Logs.size(log);
            ChildProcess started = ChildProcess.start(program.command(), log);
            if (answers(started, deadline)) {
                process = started;
                return;
            }
            started.kill();
            if (Instant.now().isAfter(deadline) || !program.cameTooSoon(Logs.since(log, logged))) {
                throw new IllegalStateException(name + " does not start" + Logs.tail(log));
            }
        }
    }

    /**
     * Does something to the data of a server that is down; it does not start meanwhile.
     *
     * @throws IllegalStateException when it runs
     */
    synchronized void whileDown(Runnable work) {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException(name + " runs: stop or kill it before its data are touched");
        }
        work.run();
    }

    /** SIGKILL. No effect when it is down. */
    synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** SIGSTOP. No effect when it is down. */
    synchronized void freeze() {
        if (process != null) {
            process.freeze();
        }
    }

    /** SIGCONT. No effect when it is down. */
    synchronized void thaw() {
        if (process != null) {
            process.thaw();
        }
    }

    /** Ends it in order. No effect when it is down. */
    synchronized void stop() {
        if (process != null && process.isAlive()) {
            program.stop(process);
        }
        kill();
    }

    synchronized void restart() {
        stop();
        startAgain();
    }

    /** Stops the server, kills it when that fails, and deletes its temporary folder. */
    synchronized void close() {
        try {
            stop();
        } finally {
            kill();
            if (temporary != null) {
                Folders.delete(temporary);
            }
        }
    }

    /** Waits until the server answers; false when it ended or the time is over. */
    private boolean answers(ChildProcess started, Instant deadline) {
        while (Instant.now().isBefore(deadline)) {
            if (started.waitFor(POLL)) {
                return false;
            }
            if (program.answers()) {
                return true;
            }
        }
        return false;
    }
}
