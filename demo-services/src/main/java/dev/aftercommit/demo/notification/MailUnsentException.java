package dev.aftercommit.demo.notification;

import org.jspecify.annotations.Nullable;

/** The gateway has not said that the mail is sent, and may have sent it: the next attempt asks with the same key. */
final class MailUnsentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MailUnsentException(String reason, @Nullable Throwable cause) {
        super("The mail gateway " + reason + ". The event is tried again.", cause);
    }
}
