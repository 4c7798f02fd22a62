package dev.aftercommit.demo.mail;

import java.util.UUID;

/** What became of a request to send a mail. */
sealed interface Sending {
    /** It was sent: now, or when it was asked for with this key before. */
    record Sent(UUID id) implements Sending {}

    /** Its domain gets no mail. */
    record Suppressed() implements Sending {}

    /** The key is that of another mail, which was sent before. */
    record KeyOfAnother() implements Sending {}
}
