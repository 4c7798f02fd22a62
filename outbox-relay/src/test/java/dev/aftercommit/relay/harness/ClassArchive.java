package dev.aftercommit.relay.harness;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The classes that a relay loads when it starts, checked once for all processes of a jar: half of what a short command
 * costs. The archive is made by a relay that finds no database, which ends by itself.
 */
final class ClassArchive {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private ClassArchive() {}

    /**
     * Arguments of a JVM that uses it. The JVM goes without where it cannot.
     *
     * @param jvmArgs the others, with which it is made too
     */
    static List<String> of(Path jar, List<String> jvmArgs) {
        Path archive = jar.resolveSibling("relay-classes.jsa");
        try {
            if (!Files.exists(archive)
                    || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                make(archive, jar, jvmArgs);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
    }

    /** Two test JVMs may make it at the same time; each puts a whole one in its place. */
    private static void make(Path archive, Path jar, List<String> jvmArgs) throws IOException {
        Path made = Files.createTempDirectory(archive.getParent(), "classes-").resolve("relay.jsa");
        String nowhere = "localhost:" + Ports.free();
        try (JavaProcess relay = JavaProcess.builder()
                .jar(jar)
                .args("run")
                .jvmArgs(jvmArgs.toArray(String[]::new))
                .jvmArgs("-XX:ArchiveClassesAtExit=" + made, "-Xlog:disable")
                .environment(Map.of(
                        "OUTBOX_SOURCE", "nobody",
                        "OUTBOX_DATABASE_URL", "jdbc:postgresql://" + nowhere + "/nobody",
                        "OUTBOX_DATABASE_USER", "nobody",
                        "OUTBOX_DATABASE_PASSWORD", "nobody",
                        "OUTBOX_HTTP_PORT", "0"))
                .start()) {
            if (!relay.waitFor(PATIENCE) || !Files.exists(made)) {
                throw new IllegalStateException("no archive of the relay's classes was made");
            }
        }
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(made.getParent());
    }
}
