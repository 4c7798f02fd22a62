package dev.aftercommit.demo;

import org.jspecify.annotations.Nullable;

/** A server or a service cannot be started or reached: the message is for the user, the exit code is 3. */
public final class ServerUnavailableException extends RuntimeException {
    public ServerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
