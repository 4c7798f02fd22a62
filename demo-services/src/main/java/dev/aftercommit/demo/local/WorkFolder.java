package dev.aftercommit.demo.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The demo's own folder: data and logs of everything that it starts, gone afterwards. */
final class WorkFolder implements AutoCloseable {
    private static final int ATTEMPTS = 20;
    private static final long PAUSE_MILLIS = 100;

    private final Path path;

    WorkFolder() {
        try {
            // Others may pass through, because root starts PostgreSQL as another user; they cannot list it.
            path = Files.createTempDirectory(
                    "aftercommit-demo-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (int attempt = 1; Files.exists(path); attempt++) {
            try {
                List<Path> deepestFirst;
                try (Stream<Path> files = Files.walk(path)) {
                    deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
                }
                for (Path file : deepestFirst) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                // A process that was killed this moment may still have written a file.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }
}
