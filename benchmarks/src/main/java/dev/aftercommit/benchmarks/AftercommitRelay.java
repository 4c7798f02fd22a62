package dev.aftercommit.benchmarks;

import dev.aftercommit.contract.Subject;
import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Our relay as users run it: the packaged jar with its settings in the environment. */
record AftercommitRelay(String name, List<String> jvmArgs, int port) implements Contender {
    static final List<String> JVM_ARGS = List.of("-Xmx256m", "-XX:+UseSerialGC");
    static final Path JAR = Path.of("outbox-relay", "target", "outbox-relay.jar");
    private static final Duration START = Duration.ofSeconds(60);
    /** One that records for an AOT cache writes it first. */
    private static final Duration STOP = Duration.ofMinutes(2);

    static AftercommitRelay of(String name, List<String> moreJvmArgs) {
        List<String> all = new ArrayList<>(JVM_ARGS);
        all.addAll(moreJvmArgs);
        return new AftercommitRelay(name, List.copyOf(all), Ports.free());
    }

    static boolean isBuilt() {
        return Files.exists(JAR);
    }

    @Override
    public String slot() {
        return Backlog.RELAY_SLOT;
    }

    @Override
    public String stream() {
        return Servers.STREAM;
    }

    @Override
    public String subjects() {
        return Subject.allOf(Servers.SOURCE);
    }

    @Override
    public JavaProcess start(Servers servers) {
        return JavaProcess.builder()
                .jar(JAR)
                .args("run")
                .jvmArgs(jvmArgs.toArray(String[]::new))
                .environment(Map.of(
                        "OUTBOX_SOURCE", Servers.SOURCE,
                        "OUTBOX_DATABASE_URL", servers.postgres().jdbcUrl(Servers.SOURCE),
                        "OUTBOX_DATABASE_USER", servers.postgres().user(),
                        "OUTBOX_DATABASE_PASSWORD", servers.postgres().password(),
                        "OUTBOX_NATS_URL", servers.nats().url(),
                        "OUTBOX_HTTP_PORT", Integer.toString(port)))
                .name(name)
                .start();
    }

    /** Starts it and waits until it streams. */
    JavaProcess startStreaming(Servers servers) throws IOException, InterruptedException {
        return startAs("streaming", servers);
    }

    /** Starts it and waits until it is in this state. */
    JavaProcess startAs(String state, Servers servers) throws IOException, InterruptedException {
        JavaProcess process = start(servers);
        long deadline = System.nanoTime() + START.toNanos();
        while (!readiness().contains(state)) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "The relay does not come to be " + state + ". Its log:\n" + Files.readString(process.log()));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return process;
    }

    static void stop(JavaProcess process) {
        process.terminate(STOP);
        process.close();
    }

    private String readiness() throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/readyz"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException notYet) {
            return "";
        }
    }
}
