package dev.aftercommit.relay.config;

import org.jspecify.annotations.Nullable;

/** What a driver or a server said, as a part of a sentence of ours: on one line and without its own full stop. */
public final class Reason {
    private Reason() {}

    public static String of(@Nullable Throwable failure) {
        if (failure == null) {
            return "no reason given";
        }
        return of(failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
    }

    public static String of(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("[.;\\s]+$", "");
    }

    /** What is at the bottom of a failure; libraries wrap it several times in words of their own. */
    public static String rootOf(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return of(root);
    }
}
