package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aftercommit.localservers.Ports;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage and settings, before any server is asked. */
class SettingsIT {
    private static final String SECRET = "s3cr3t-w0rd";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status"})
    void everythingThatIsWrongIsSaidAtOnce(String command) {
        RelayJar.Result result = RelayJar.run(
                command,
                Map.of(
                        "OUTBOX_SOURCE", "Accounts!",
                        "OUTBOX_DATABASE_URL", "postgres://localhost/x",
                        "OUTBOX_NATS_ULR", "nats://localhost:4222",
                        "OUTBOX_NATS_USER", "relay",
                        "OUTBOX_NATS_TOKEN", SECRET,
                        "OUTBOX_NATS_NKEY", SECRET + ".nk",
                        "OUTBOX_HTTP_PORT", "many"));
        assertThat(Words.requireClear(result).exitCode()).isEqualTo(2);
        assertThat(result.output())
                .contains("unknown setting OUTBOX_NATS_ULR; did you mean OUTBOX_NATS_URL?")
                .contains("OUTBOX_SOURCE: \"Accounts!\" is not a source name")
                .contains("OUTBOX_DATABASE_URL must be like jdbc:postgresql://host:5432/database")
                .contains("OUTBOX_DATABASE_USER (or --database-user) is missing")
                .contains("OUTBOX_DATABASE_PASSWORD (or --database-password) is missing")
                .contains("OUTBOX_NATS_NKEY does not name a file that can be read")
                .contains("only one of OUTBOX_NATS_CREDS, _NKEY, _USER and _TOKEN can be set")
                .contains("OUTBOX_HTTP_PORT must be a number from 0 to 65535, not \"many\"")
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status"})
    void aPropertiesFileThatCannotBeReadIsNamed(String command) {
        RelayJar.Result result = RelayJar.run(command + " --config=" + folder.resolve("none.properties"), complete());
        assertThat(Words.requireClear(result).exitCode()).isEqualTo(2);
        assertThat(result.output())
                .contains("the properties file " + folder.resolve("none.properties")
                        + " cannot be read (there is no such file)");
    }

    @Test
    void anUnknownKeyOfThePropertiesFileIsRefusedWithASuggestion() throws Exception {
        Path file = write("natsurl=nats://localhost:4222\n");
        RelayJar.Result result = RelayJar.run("run --config=" + file, complete());
        assertThat(Words.requireClear(result).exitCode()).isEqualTo(2);
        assertThat(result.output()).contains("unknown setting natsurl in " + file + "; did you mean nats-url?");
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile() throws Exception {
        int fromFile = Ports.free();
        int fromEnvironment = Ports.free();
        int fromFlag = Ports.free();
        Map<String, String> environment = complete();
        environment.remove("OUTBOX_SOURCE");
        environment.remove("OUTBOX_DATABASE_URL");
        environment.put(
                "OUTBOX_CONFIG",
                write("source = accounts\n# a comment\ndatabase-url=" + url(fromFile) + "\n")
                        .toString());
        assertThat(RelayJar.run("run", environment).output()).contains("localhost:" + fromFile);
        environment.put("OUTBOX_DATABASE_URL", url(fromEnvironment));
        assertThat(RelayJar.run("run", environment).output()).contains("localhost:" + fromEnvironment);
        assertThat(RelayJar.run("run --database-url=" + url(fromFlag), environment)
                        .output())
                .contains("localhost:" + fromFlag);
    }

    @Test
    void anUnknownFlagIsRefusedInTwoLinesWithWhatIsMeant() {
        RelayJar.Result result = RelayJar.run("run --nats-ulr=nats://x:1", Map.of());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output())
                .contains("Unknown option: '--nats-ulr")
                .contains("--nats-url")
                .contains("--help");
        assertThat(result.output().lines()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void anUnknownCommandIsRefusedWithWhatIsMeant() {
        RelayJar.Result result = RelayJar.run("docter", Map.of());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).contains("docter").contains("doctor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status", "migrate"})
    void helpOfEachCommandFitsOnAPageAndNamesTheEnvironment(String command) {
        RelayJar.Result result = RelayJar.run(command + " --help", Map.of());
        assertThat(result.exitCode()).isZero();
        assertThat(result.output())
                .startsWith("Usage: outbox-relay " + command + " [OPTIONS]")
                .contains("[OUTBOX_DATABASE_URL, required]");
        assertThat(result.output().lines()).hasSizeLessThan(60);
    }

    @Test
    void migrateNeedsTheDatabaseAndNothingElse() {
        RelayJar.Result nothing = RelayJar.run("migrate", Map.of());
        assertThat(Words.requireClear(nothing).exitCode()).isEqualTo(2);
        assertThat(nothing.output())
                .contains("OUTBOX_DATABASE_URL")
                .contains("OUTBOX_DATABASE_USER")
                .contains("OUTBOX_DATABASE_PASSWORD")
                .doesNotContain("OUTBOX_SOURCE");
    }

    @Test
    void aJavaThatIsTooOldIsToldSo() throws Exception {
        Path java = olderJava();
        assumeTrue(java != null, "there is a Java older than 21");
        Process process = new ProcessBuilder(java.toString(), "-jar", RelayJar.PATH.toString(), "run")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(output)
                .startsWith("outbox-relay: Java 21 or newer is needed, but this is Java ")
                .hasLineCount(1);
    }

    /** One that is installed where Linux has them, or null. */
    private static Path olderJava() throws IOException {
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return null;
        }
        try (Stream<Path> folders = Files.list(installed)) {
            return folders.filter(folder -> folder.getFileName().toString().matches(".*\\b(8|11|17)\\b.*"))
                    .map(folder -> folder.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/x";
    }

    private static Map<String, String> complete() {
        return new HashMap<>(Map.of(
                "OUTBOX_SOURCE", "accounts",
                "OUTBOX_DATABASE_URL", url(1),
                "OUTBOX_DATABASE_USER", "nobody",
                "OUTBOX_DATABASE_PASSWORD", SECRET,
                "OUTBOX_HTTP_PORT", "0"));
    }

    private Path write(String properties) throws IOException {
        return Files.writeString(folder.resolve("relay.properties"), properties);
    }
}
