package dev.aftercommit.relay.harness;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * The classes that a relay loads until it has published something, checked once for all processes of a jar: a third of what a
 * start costs. The archive is made by a relay that publishes and is stopped.
 */
final class ClassArchive {
    private static final int EVENTS = 50;
    private static final Duration WRITTEN = Duration.ofMinutes(2);

    private ClassArchive() {}

    /**
     * Arguments of a JVM that uses it. The JVM goes without where it cannot.
     *
     * @param jvmArgs the others, with which it is made too
     */
    static List<String> of(Path jar, List<String> jvmArgs) {
        Path archive = jar.resolveSibling("relay-classes.jsa");
        // Test JVMs start at the same time: one makes it, the others wait for it.
        try (FileChannel channel = FileChannel.open(
                        jar.resolveSibling("relay-classes.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!Files.exists(archive)
                    || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                make(archive, jar, jvmArgs);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
    }

    private static void make(Path archive, Path jar, List<String> jvmArgs) throws IOException {
        Path made = archive.resolveSibling("relay-classes.made");
        try (RelayWorld world = new RelayWorld();
                JavaProcess relay = JavaProcess.builder()
                        .jar(jar)
                        .args("run")
                        .jvmArgs(jvmArgs.toArray(String[]::new))
                        .jvmArgs("-XX:ArchiveClassesAtExit=" + made, "-Xlog:disable")
                        .environment(world.settings(Ports.free()))
                        .start()) {
            Writers.write(world, EVENTS);
            world.awaitStored(EVENTS);
            relay.terminate(WRITTEN);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        // A test JVM that is killed meanwhile leaves no half of one.
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
