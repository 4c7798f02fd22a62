package dev.aftercommit.relay.failure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a driver or a server said, as a part of a sentence of ours: on one line and without its own full stop. */
public final class Reason {
    private Reason() {}

    public static String of(@Nullable Throwable failure) {
        if (failure == null) {
            return "no reason given";
        }
        if (failure instanceof PSQLException postgres && postgres.getServerErrorMessage() != null) {
            return of(postgres.getServerErrorMessage());
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? kind(failure) : of(message);
    }

    /** What PostgreSQL says is wrong and, when it knows, what to do; without where in its functions it was found. */
    private static String of(ServerErrorMessage said) {
        String message = of(String.valueOf(said.getMessage()));
        return said.getHint() == null ? message : message + ". " + of(said.getHint());
    }

    /** Such as "unknown host" for an UnknownHostException that says nothing more. */
    private static String kind(Throwable failure) {
        return failure.getClass()
                .getSimpleName()
                .replaceAll("(Exception|Error)$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    public static String of(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("[.;\\s]+$", "");
    }

    /** What is at the bottom of a failure; libraries wrap it several times in words of their own. */
    public static String rootOf(@Nullable Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
                root = cause;
            }
        }
        return of(root);
    }
}
