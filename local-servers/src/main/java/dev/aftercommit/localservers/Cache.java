package dev.aftercommit.localservers;

import java.nio.file.Path;
import java.util.Map;

/** Where what was fetched is kept: the same folder as in {@code tools/}. */
public final class Cache {
    private Cache() {}

    /** {@code AFTERCOMMIT_CACHE}, or else {@code aftercommit} in the user's cache folder. It need not exist. */
    public static Path folder() {
        return folder(System.getenv());
    }

    static Path folder(Map<String, String> environment) {
        String own = environment.getOrDefault("AFTERCOMMIT_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (xdg.isEmpty() ? home(environment).resolve(".cache") : Path.of(xdg)).resolve("aftercommit");
    }

    /** As a shell has it; Java's {@code user.home} is what the system's list of users says, which need not be the same. */
    private static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
    }
}
