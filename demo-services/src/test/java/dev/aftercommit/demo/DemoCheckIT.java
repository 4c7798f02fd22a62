package dev.aftercommit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jars that users run. */
class DemoCheckIT {
    private static final Path JAR = Path.of("target", "demo.jar");
    private static final Duration TIMEOUT = Duration.ofMinutes(8);

    @TempDir
    private Path folder;

    @Test
    void theCheckFindsEveryEventStoredOnceAndHandledOnceThoughRelayAndServicesAreKilled() throws IOException {
        Ended check = run(Map.of(), "--check");

        assertThat(check.output())
                .contains(
                        "relay killed with SIGKILL",
                        "notification-service killed with SIGKILL",
                        "directory-service and analytics-service killed with SIGKILL",
                        "cause mended and redriven: all is handled",
                        "cause mended and redriven: the mail is sent",
                        "As promised")
                .containsPattern("ok +duplicates +0")
                .containsPattern("ok +out of order +0")
                .containsPattern("ok +missing +0")
                .containsPattern("ok +minutes counted wrong +0")
                .containsPattern("ok +mails sent wrong +0")
                .containsPattern("ok +mails noted wrong +0")
                .containsPattern("ok +held back by a refusal +3")
                .containsPattern("ok +held back by a refused mail +1")
                .containsPattern("ok +passwords found in the stream +0")
                .doesNotContain("WRONG");
        assertThat(check.code()).isZero();
    }

    @Test
    void aPortInUseIsNamedBeforeAnythingIsStarted() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            Ended demo = run(Map.of("DEMO_PORT", port));

            assertThat(demo.output().strip())
                    .startsWith("Port " + port + " is in use.")
                    .contains("DEMO_PORT=");
            assertThat(demo.code()).isEqualTo(2);
        }
    }

    @Test
    void anUnknownArgumentIsAnsweredWithTheHelp() throws IOException {
        Ended demo = run(Map.of(), "--chek");

        assertThat(demo.output()).contains("There is no \"--chek\"", "demo.jar --check");
        assertThat(demo.code()).isEqualTo(2);
    }

    @Test
    void aServiceNamesTheSettingThatIsMissing() throws IOException {
        Ended service = run(Map.of(), "directory-service");

        assertThat(service.output()).contains("DIRECTORY_NATS_URL is missing");
        assertThat(service.code()).isEqualTo(2);
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsNamed() throws IOException {
        Ended service = run(
                Map.of(
                        "ACCOUNTS_DATABASE_URL", "jdbc:postgresql://localhost:1/accounts",
                        "ACCOUNTS_DATABASE_USER", "accounts",
                        "ACCOUNTS_DATABASE_PASSWORD", "a-database-password"),
                "account-service");

        assertThat(service.output())
                .contains("The database jdbc:postgresql://localhost:1/accounts cannot be reached")
                .doesNotContain("a-database-password");
        assertThat(service.code()).isEqualTo(3);
    }

    @Test
    void aMissingRelayIsNamed() throws IOException {
        Ended check = run(Map.of("DEMO_RELAY_JAR", "no-such.jar"), "--check");

        assertThat(check.output()).contains("The relay's jar is not at [no-such.jar]");
        assertThat(check.code()).isEqualTo(3);
    }

    /** A process that ended. */
    private record Ended(int code, String output) {}

    private Ended run(Map<String, String> environment, String... args) throws IOException {
        Path log = folder.resolve("demo.log");
        try (JavaProcess demo = JavaProcess.builder()
                .jar(JAR)
                .args(args)
                .environment(environment)
                .log(log)
                .start()) {
            boolean ended = demo.waitFor(TIMEOUT);
            assertThat(ended).as(() -> "ended; its output:\n" + read(log)).isTrue();
            return new Ended(demo.exitCode(), read(log));
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
