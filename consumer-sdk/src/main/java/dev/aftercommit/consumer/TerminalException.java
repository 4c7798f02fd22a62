package dev.aftercommit.consumer;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler, or found among the causes of what it throws: no other attempt will change anything. The event is
 * dead at once, and its aggregate's later events wait behind it until somebody redrives or discards it.
 */
public class TerminalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TerminalException(String message) {
        super(message);
    }

    public TerminalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
