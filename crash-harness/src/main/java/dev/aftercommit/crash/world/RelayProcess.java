package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The packaged relay in a process of its own. One that ends by itself is started again after a second, as a service
 * manager does. Thread-safe.
 */
public final class RelayProcess implements AutoCloseable {
    private static final Duration RESTART_AFTER = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final String name;
    private final RelayProgram program;
    private final Map<String, String> settings;
    private final Path log;
    private final int httpPort = Ports.free();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private @Nullable JavaProcess process;
    private boolean closed;

    RelayProcess(String name, RelayProgram program, Map<String, String> settings, Path folder) {
        this.name = name;
        this.program = program;
        this.settings = new HashMap<>(settings);
        this.settings.put("OUTBOX_HTTP_PORT", Integer.toString(httpPort));
        this.log = folder.resolve(name + ".log");
        Thread.ofVirtual().start(this::keepRunning);
    }

    public String name() {
        return name;
    }

    /** Starts it, if it does not run; waits for nothing. */
    public synchronized void start() {
        if (process == null && !closed) {
            process = program.start(name, settings, log, "run");
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
    public synchronized void stop() {
        if (process != null) {
            process.terminate(STOP);
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

    /** What it says of itself, such as "streaming"; with the reason, when it is not well. */
    public String state() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + "/readyz"))
                .timeout(ANSWER)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .strip();
        } catch (IOException e) {
            return "no answer";
        }
    }

    /** Types "outbox-relay ..." with its settings, and says how that ended. */
    public int type(String... words) {
        try (JavaProcess command = program.start(words[0], settings, log, words)) {
            return command.waitFor(STOP) ? command.exitCode() : -1;
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
        http.close();
    }
}
