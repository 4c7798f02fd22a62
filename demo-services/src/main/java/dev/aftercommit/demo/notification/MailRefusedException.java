package dev.aftercommit.demo.notification;

import dev.aftercommit.consumer.TerminalException;

/** The gateway will never send this mail as it is. The message does not repeat the address: no payload is logged. */
final class MailRefusedException extends TerminalException {
    private static final long serialVersionUID = 1;

    MailRefusedException(int status) {
        super("The mail gateway refuses the mail for good (HTTP " + status
                + "). Mend the cause, such as a suppressed domain, then redrive the event.");
    }
}
