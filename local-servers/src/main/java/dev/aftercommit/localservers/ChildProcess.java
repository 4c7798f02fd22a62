package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One operating-system process that this JVM started and does not leave behind. */
final class ChildProcess {
    private static final Duration DEATH_OF_A_KILLED_PROCESS = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Set<ChildProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::leaveNothingBehind, "kill-local-servers"));
    }

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /** Starts a process with both of its outputs appended to the log, and nothing to read. */
    static ChildProcess start(ProcessBuilder builder, Path log) {
        return start(builder, log, "");
    }

    /** Starts a process with this to read, and both of its outputs appended to the log. */
    static ChildProcess start(ProcessBuilder builder, Path log, String input) {
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            ChildProcess child = new ChildProcess(builder.start());
            RUNNING.add(child);
            try (Writer stdin = child.process.outputWriter()) {
                stdin.write(input);
            }
            var unused = child.process.onExit().thenRun(() -> RUNNING.remove(child));
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + builder.command().getFirst(), e);
        }
    }

    /** Runs a process to its end and fails, with the end of the log, unless it exits with 0. */
    static void run(ProcessBuilder builder, Path log, Duration timeout) {
        ChildProcess child = start(builder, log);
        if (!child.waitFor(timeout)) {
            child.kill();
            throw new IllegalStateException(builder.command() + " did not end within " + timeout + Logs.tail(log));
        }
        if (child.exitCode() != 0) {
            throw new IllegalStateException(
                    builder.command() + " failed with exit code " + child.exitCode() + Logs.tail(log));
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it stands still, and holds its connections, until {@link #thaw}. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling process " + pid(), e);
        }
    }

    /** SIGKILL to the process, then to the children that it left; returns when all of them are gone. */
    void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        if (!waitFor(DEATH_OF_A_KILLED_PROCESS)) {
            throw new IllegalStateException("process " + pid() + " survived SIGKILL");
        }
        Instant deadline = Instant.now().plus(DEATH_OF_A_KILLED_PROCESS);
        children.forEach(child -> awaitDeath(child, deadline));
    }

    /** A dead child that the machine's init has not reaped keeps its process id but has no program any more. */
    private static void awaitDeath(ProcessHandle child, Instant deadline) {
        while (child.isAlive() && child.info().command().isPresent()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("process " + child.pid() + " survived SIGKILL");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static void leaveNothingBehind() {
        RUNNING.forEach(ChildProcess::kill);
        Folders.deleteTemporary();
    }

    /** Whether the process ended within this time. */
    boolean waitFor(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + pid(), e);
        }
    }
}
