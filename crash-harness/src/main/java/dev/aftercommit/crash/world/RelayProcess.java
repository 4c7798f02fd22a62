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

/** The packaged relay in a process of its own. Thread-safe. */
public final class RelayProcess implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final RelayProgram program;
    private final Map<String, String> settings;
    private final Path log;
    private final int httpPort = Ports.free();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private final KeptProcess process;

    RelayProcess(String name, RelayProgram program, Map<String, String> settings, Path folder) {
        this.program = program;
        this.settings = new HashMap<>(settings);
        this.settings.put("OUTBOX_HTTP_PORT", Integer.toString(httpPort));
        this.log = folder.resolve(name + ".log");
        this.process = new KeptProcess(name, () -> program.start(name, this.settings, log, "run"));
    }

    public String name() {
        return process.name();
    }

    public KeptProcess process() {
        return process;
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
            return command.waitFor(COMMAND) ? command.exitCode() : -1;
        }
    }

    @Override
    public void close() {
        process.close();
        http.close();
    }
}
