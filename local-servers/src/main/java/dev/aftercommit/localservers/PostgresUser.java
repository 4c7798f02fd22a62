package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Who PostgreSQL runs as: it refuses to run as root, which is what containers and build machines often are. */
enum PostgresUser {
    /** An ordinary user runs it directly. */
    SELF,
    /** Root in a user namespace of its own: the server sees another user, the files stay root's. */
    NAMESPACE,
    /** Root where user namespaces are forbidden, as in most containers: the unprivileged user "nobody". */
    NOBODY;

    private static final int NOBODY_ID = 65534;

    static PostgresUser detect() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return SELF;
        }
        return Stream.of(NAMESPACE, NOBODY)
                .filter(PostgresUser::works)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("PostgreSQL does not run as root, and neither unshare nor"
                        + " setpriv of util-linux can give it another user: run as an ordinary user"));
    }

    ProcessBuilder command(List<String> command) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(command);
        return new ProcessBuilder(all);
    }

    /** The folder that unpacked binaries are kept under: one that this user can read. */
    Path binariesFolder() {
        return this == NOBODY
                ? Path.of(System.getProperty("java.io.tmpdir"), "aftercommit-postgres")
                : Cache.folder().resolve("postgres");
    }

    /** Makes this user the owner of a folder and of all it holds. */
    void own(Path folder) {
        if (this != NOBODY) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setAttribute(file, "unix:uid", NOBODY_ID, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", NOBODY_ID, LinkOption.NOFOLLOW_LINKS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> prefix() {
        return switch (this) {
            case SELF -> List.of();
            case NAMESPACE -> List.of("unshare", "--user");
            case NOBODY -> List.of("setpriv", "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups");
        };
    }

    private boolean works() {
        try {
            return command(List.of("true"))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
