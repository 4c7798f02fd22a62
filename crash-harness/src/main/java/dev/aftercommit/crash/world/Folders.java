package dev.aftercommit.crash.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Folders that are not needed any more. */
public final class Folders {
    private Folders() {}

    /** Deletes one with all it holds. */
    public static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new DeletingVisitor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class DeletingVisitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path done, @Nullable IOException e) throws IOException {
            Files.delete(done);
            return FileVisitResult.CONTINUE;
        }
    }
}
