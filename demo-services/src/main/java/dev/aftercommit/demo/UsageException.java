package dev.aftercommit.demo;

import org.jspecify.annotations.Nullable;

/** Wrong arguments or settings: the message is for the user, the exit code is 2. */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        this(message, null);
    }

    public UsageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
