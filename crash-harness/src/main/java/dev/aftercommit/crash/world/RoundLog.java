package dev.aftercommit.crash.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What was done in a round, with the time, to be read beside the logs of relays and servers. Thread-safe. */
public final class RoundLog {
    private final Path file;

    public RoundLog(Path folder) {
        this.file = folder.resolve("round.log");
    }

    public synchronized void say(String what) {
        try {
            Files.writeString(
                    file,
                    Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + what + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
