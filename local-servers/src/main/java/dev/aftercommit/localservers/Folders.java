package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where data is kept. */
final class Folders {
    private static final Set<Path> TEMPORARY = ConcurrentHashMap.newKeySet();

    private Folders() {}

    /** A new folder, deleted at the latest when this JVM exits. */
    static Path temporary(String name) {
        try {
            Path folder = Files.createTempDirectory("aftercommit-" + name + "-");
            TEMPORARY.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteTemporary() {
        TEMPORARY.forEach(Folders::delete);
    }

    static Path create(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Copies a folder that nobody writes to, owners included.
     *
     * @param leftOut names of files right below the folder that are not copied
     */
    static void copy(Path from, Path to, Set<String> leftOut) {
        Set<Path> without = leftOut.stream().map(from::resolve).collect(Collectors.toSet());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!without.contains(file)) {
                    Files.copy(
                            file,
                            to.resolve(from.relativize(file)),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder with all it holds; files that go away meanwhile are no error. */
    static void delete(Path folder) {
        try {
            if (!Files.exists(folder)) {
                return;
            }
            List<Path> deepestFirst;
            try (Stream<Path> files = Files.walk(folder)) {
                deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
