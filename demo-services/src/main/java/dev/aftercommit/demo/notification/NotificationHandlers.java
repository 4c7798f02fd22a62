package dev.aftercommit.demo.notification;

import dev.aftercommit.consumer.Handles;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.demo.notification.event.AccountCreated;
import dev.aftercommit.demo.notification.event.AccountEmailChanged;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Writes to people. A mail is nothing that a transaction could take back, and a handler that is killed behind it is
 * called again. So each mail has a key, by which the gateway knows that it was sent.
 *
 * <p>No mail needs another one or its account's other events. A mail to the address before would: that takes the order
 * that parallel handling gives up.
 */
public final class NotificationHandlers {
    private final MailSender mails;

    NotificationHandlers(MailSender mails) {
        this.mails = mails;
    }

    /** Welcomes somebody who has a new account. */
    @Handles(AccountCreated.class)
    public void welcome(AccountCreated event, DSLContext tx, EventEnvelope envelope) {
        send(new Mail(event.email(), "Welcome", "Your account is open, " + event.username() + "."), tx, envelope);
    }

    /** Tells somebody that mail comes here from now on. */
    @Handles(AccountEmailChanged.class)
    public void confirm(AccountEmailChanged event, DSLContext tx, EventEnvelope envelope) {
        send(new Mail(event.email(), "Your new address", "We write to you here from now on."), tx, envelope);
    }

    /** The key is the event's id, the same at each attempt. A second mail for an event would need a second key. */
    private void send(Mail mail, DSLContext tx, EventEnvelope envelope) {
        UUID mailId = mails.send(envelope.eventId(), mail);
        tx.execute(
                "INSERT INTO sent_mail (event_id, event_type, mail_id) VALUES (?, ?, ?)",
                envelope.eventId(),
                envelope.eventType(),
                mailId);
    }
}
