package dev.aftercommit.localservers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nats-server program: what the environment variable {@code NATS_SERVER} names; or {@code nats-server} on the
 * path; or the newest that {@code make nats-server} put into the cache folder ({@code AFTERCOMMIT_CACHE}, by default
 * {@code ~/.cache/aftercommit}). The latter two count from version 2.10.27 on, and only if their version begins with
 * {@code AFTERCOMMIT_NATS_VERSION} where that is set, such as "2.10". Thread-safe.
 */
public final class NatsServerBinary {
    private static final String PROGRAM = "nats-server";

    private final Map<String, String> environment;
    private final Function<Path, Optional<NatsVersion>> versionOf;

    NatsServerBinary(Map<String, String> environment, Function<Path, Optional<NatsVersion>> versionOf) {
        this.environment = environment;
        this.versionOf = versionOf;
    }

    /**
     * The program's file.
     *
     * @throws IllegalStateException when there is none; the message says how to get one
     */
    public static Path locate() {
        return new NatsServerBinary(System.getenv(), NatsServerBinary::version).find();
    }

    Path find() {
        String named = variable("NATS_SERVER");
        if (!named.isEmpty()) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IllegalStateException("NATS_SERVER=" + named + " is no program that can be run");
            }
            return Path.of(named);
        }
        return onPath().or(this::inCache).orElseThrow(() -> new IllegalStateException(missing()));
    }

    private Optional<Path> onPath() {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(variable("PATH"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst()
                .filter(program -> versionOf.apply(program).filter(this::fits).isPresent());
    }

    private Optional<Path> inCache() {
        Path versions = Cache.folder(environment).resolve("nats");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(versions)) {
            return folders.filter(folder -> Files.isExecutable(folder.resolve(PROGRAM)))
                    .flatMap(folder -> NatsVersion.in(folder.getFileName().toString()).filter(this::fits).stream())
                    .max(Comparator.naturalOrder())
                    .map(newest -> versions.resolve(newest.toString()).resolve(PROGRAM));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean fits(NatsVersion version) {
        String line = variable("AFTERCOMMIT_NATS_VERSION");
        return version.isSupported() && (line.isEmpty() || version.isOf(line));
    }

    private String missing() {
        String line = variable("AFTERCOMMIT_NATS_VERSION");
        String wanted = line.isEmpty()
                ? " of version " + NatsVersion.OLDEST_SUPPORTED + " or newer"
                : " of version " + line + " (AFTERCOMMIT_NATS_VERSION)";
        return "no nats-server" + wanted + ": install one on the path, or set NATS_SERVER to its file, or run"
                + " 'make nats-server', which fetches one into " + Cache.folder(environment);
    }

    private String variable(String name) {
        @Nullable String value = environment.get(name);
        return value == null ? "" : value;
    }

    /** Asks the program for its version; empty when it gives none. */
    static Optional<NatsVersion> version(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            return NatsVersion.in(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
