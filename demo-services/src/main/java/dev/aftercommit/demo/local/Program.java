package dev.aftercommit.demo.local;

import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.ServerUnavailableException;
import dev.aftercommit.localservers.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One program of the demo as a process of its own, that can be killed and started again. Thread-safe. */
public final class Program implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int LOG_LINES = 15;

    private final String name;
    private final URI address;
    private final String probe;
    private final Path log;
    private final UnaryOperator<JavaProcess.Builder> command;
    private @Nullable JavaProcess process;

    /**
     * A program that does not run yet.
     *
     * @param name what messages call it
     * @param address where it listens
     * @param probe the path that answers 200 as soon as it is ready
     * @param log receives its output
     * @param command completes the command
     */
    Program(String name, URI address, String probe, Path log, UnaryOperator<JavaProcess.Builder> command) {
        this.name = name;
        this.address = address;
        this.probe = probe;
        this.log = log;
        this.command = command;
    }

    public String name() {
        return name;
    }

    public URI address() {
        return address;
    }

    /** Starts the process unless it runs; does not wait until it is ready. */
    public synchronized void start() {
        if (!isAlive()) {
            process = command.apply(JavaProcess.builder().name(name).log(log)).start();
        }
    }

    /**
     * Waits until the program is ready.
     *
     * @throws ServerUnavailableException when it ends or takes too long, with the end of its log
     */
    public void awaitReady() {
        Instant deadline = Instant.now().plus(START_TIMEOUT);
        while (Instant.now().isBefore(deadline)) {
            Http.Answer answer = Http.get(address.resolve(probe), PROBE_TIMEOUT);
            if (answer != null && answer.isSuccess()) {
                return;
            }
            if (!isAlive()) {
                throw new ServerUnavailableException(name + " ended as soon as it was started" + logTail(), null);
            }
            sleep();
        }
        throw new ServerUnavailableException(
                name + " was not ready within " + START_TIMEOUT.toSeconds() + " s" + logTail(), null);
    }

    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
        }
    }

    /** SIGTERM, and SIGKILL when that does not help. */
    @Override
    public synchronized void close() {
        if (process != null && process.isAlive()) {
            process.terminate(STOP_TIMEOUT);
        }
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return ". Its log ends:\n  "
                    + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException noLog) {
            return ".";
        }
    }

    private void sleep() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerUnavailableException("interrupted while waiting for " + name, e);
        }
    }
}
