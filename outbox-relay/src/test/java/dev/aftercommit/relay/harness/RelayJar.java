package dev.aftercommit.relay.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The packaged jar as users run it. */
public final class RelayJar {
    public static final Path PATH = Path.of("target", "outbox-relay.jar").toAbsolutePath();
    private static final Duration PATIENCE = RelayWorld.PATIENCE;
    private static final List<String> JVM_ARGS = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private RelayJar() {}

    /** Apart, since those who wait for the relay that makes it use this class meanwhile. */
    private static final class Archive {
        static final List<String> ARGUMENTS = ClassArchive.of(PATH, JVM_ARGS);
    }

    /** A command that has ended by itself: its exit code and what it printed. */
    public record Result(int exitCode, String output) {}

    /** Starts a process; it writes to the file, standard output and standard error alike. */
    public static JavaProcess launch(String command, Map<String, String> environment, Path log) {
        return launch(command, environment, log, "");
    }

    private static JavaProcess launch(String command, Map<String, String> environment, Path log, String input) {
        return JavaProcess.builder()
                .jar(PATH)
                .args(command.split(" "))
                .jvmArgs(JVM_ARGS.toArray(String[]::new))
                .jvmArgs(Archive.ARGUMENTS.toArray(String[]::new))
                .environment(environment)
                .log(log)
                .input(input)
                .name("relay")
                .start();
    }

    /** Runs a command to its end with these settings and no others. */
    public static Result run(String command, Map<String, String> environment) {
        return run(command, environment, "");
    }

    /** As {@link #run(String, Map)}, by somebody who types this. */
    public static Result run(String command, Map<String, String> environment, String input) {
        Path log = newLog();
        try (JavaProcess process = launch(command, environment, log, input)) {
            assertThat(process.waitFor(PATIENCE))
                    .as("%s ends; so far it said:%n%s", command, read(log))
                    .isTrue();
            return new Result(process.exitCode(), read(log));
        }
    }

    public static Path newLog() {
        try {
            Path log = Files.createTempFile("relay-", ".log");
            log.toFile().deleteOnExit();
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
