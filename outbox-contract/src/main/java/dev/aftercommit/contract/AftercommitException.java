package dev.aftercommit.contract;

import org.jspecify.annotations.Nullable;

/** The root of everything that Aftercommit throws. The message names the thing that is wrong and says what to do. */
public class AftercommitException extends RuntimeException {
    private final ErrorCode code;
    private final String message;

    public AftercommitException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public AftercommitException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.message = message;
    }

    /** What kind of failure this is; stable over releases. */
    public ErrorCode code() {
        return code;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
