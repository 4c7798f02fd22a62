package dev.aftercommit.demo.directory;

import dev.aftercommit.consumer.Handles;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.demo.directory.event.AccountCreated;
import dev.aftercommit.demo.directory.event.AccountDeleted;
import dev.aftercommit.demo.directory.event.AccountEmailChanged;
import dev.aftercommit.demo.directory.event.AccountLoggedIn;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jooq.DSLContext;

/**
 * What the events do to the directory. Each method runs in the transaction that also moves the checkpoint, so that its
 * effect happens once. Nothing here looks for doubles or a wrong order, and nothing has to.
 */
public final class DirectoryHandlers {
    /**
     * A new account becomes an entry, unless its name is reserved: then it is dead after some five seconds, since whoever
     * watches the demo does not want to wait for the usual 40 minutes.
     */
    @Handles(value = AccountCreated.class, attempts = 4, backoff = @Handles.Backoff(delay = 1_000, maxDelay = 2_000))
    public void on(AccountCreated event, DSLContext tx, EventEnvelope envelope) {
        ReservedNames.requireFree(event.username(), tx);
        // An upsert, so that a double would be seen in the log instead of stopping the demo here.
        tx.execute(
                "INSERT INTO directory_entry (user_id, username, email, created_on) VALUES (?, ?, ?, CAST(? AS timestamptz))"
                        + " ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, email = excluded.email",
                event.userId(),
                event.username(),
                event.email(),
                utc(event.createdOn()));
        log(tx, envelope, event.sequence());
    }

    /** A new address replaces the old one. */
    @Handles(AccountEmailChanged.class)
    public void on(AccountEmailChanged event, DSLContext tx, EventEnvelope envelope) {
        tx.execute("UPDATE directory_entry SET email = ? WHERE user_id = ?", event.email(), event.userId());
        log(tx, envelope, event.sequence());
    }

    /** A log-in is noted. */
    @Handles(AccountLoggedIn.class)
    public void on(AccountLoggedIn event, DSLContext tx, EventEnvelope envelope) {
        tx.execute(
                "UPDATE directory_entry SET last_login = CAST(? AS timestamptz) WHERE user_id = ?",
                utc(event.lastLogin()),
                event.userId());
        log(tx, envelope, event.sequence());
    }

    /** A deleted account's entry goes. */
    @Handles(AccountDeleted.class)
    public void on(AccountDeleted event, DSLContext tx, EventEnvelope envelope) {
        tx.execute("DELETE FROM directory_entry WHERE user_id = ?", event.userId());
        log(tx, envelope, event.sequence());
    }

    private static void log(DSLContext tx, EventEnvelope envelope, long sequence) {
        tx.execute(
                "INSERT INTO handled_event (event_id, event_type, aggregate_id, sequence, committed_at)"
                        + " VALUES (?, ?, ?, ?, CAST(? AS timestamptz))",
                envelope.eventId(),
                envelope.eventType(),
                envelope.aggregateId(),
                sequence,
                utc(envelope.time()));
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
