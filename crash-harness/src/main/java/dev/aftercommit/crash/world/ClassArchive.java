package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An archive of the classes that a program loads, which Java writes when the program ends by itself for the first time. A process
 * that is killed every second mostly starts, and this makes that half as long.
 */
final class ClassArchive {
    /** How long the first end may take, on a busy machine. */
    static final Duration WRITTEN = Duration.ofMinutes(2);

    private ClassArchive() {}

    /** A small JVM that starts from the archive. */
    static JavaProcess.Builder process(Path archive) {
        return JavaProcess.builder()
                .jvmArgs("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable")
                .jvmArgs("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive);
    }
}
