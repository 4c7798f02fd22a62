package dev.aftercommit.demo.account;

import org.jspecify.annotations.Nullable;

/** A request that changes nothing and emits nothing; the message tells the caller why. */
final class RefusedRequestException extends RuntimeException {
    static final int BAD_REQUEST = 400;
    static final int WRONG_PASSWORD = 401;
    static final int NO_SUCH_ACCOUNT = 404;
    static final int CONFLICT = 409;

    private final int status;

    RefusedRequestException(int status, String message) {
        this(status, message, null);
    }

    RefusedRequestException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    int status() {
        return status;
    }
}
