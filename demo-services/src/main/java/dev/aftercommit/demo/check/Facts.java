package dev.aftercommit.demo.check;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is in the databases and in the stream when all is said and done.
 *
 * @param acceptedWrites how many writes account-service answered with success; each emits one event
 * @param emitted the outbox
 * @param stored the stream, by stream sequence
 * @param handled the directory's log, in the order of the log
 * @param effects what the services have made of it
 * @param seen what was seen while an event, or a mail, was refused
 * @param secrets the search for passwords
 */
record Facts(
        int acceptedWrites,
        List<Emitted> emitted,
        List<Stored> stored,
        List<Handled> handled,
        Effects effects,
        Seen seen,
        Secrets secrets) {

    /** A row of the outbox. */
    record Emitted(UUID eventId, String eventType, String aggregateId, String payload) {}

    /** A message of the stream; {@code sequence} is the aggregate's own count in the payload. */
    record Stored(
            long streamSequence,
            UUID eventId,
            String eventType,
            String aggregateId,
            long sequence,
            OutboxPosition position,
            String payload) {}

    /** A call of a handler. */
    record Handled(UUID eventId, String aggregateId, long sequence, Instant committedAt, Instant handledAt) {}

    /**
     * What the services have made of the events.
     *
     * @param accounts account-service's accounts
     * @param directory directory-service's entries
     * @param created accounts by the minute in which they were opened, as emitted
     * @param counted the same, as analytics-service has counted them
     * @param mails what came of the events for which there are mails
     */
    record Effects(
            List<Person> accounts, List<Person> directory, List<Minute> created, List<Minute> counted, Mails mails) {}

    /** What tells one mail from another, whatever key it was sent with. */
    record Mail(String to, String subject) {}

    /** A mail that an emitted event asks for. */
    record Due(UUID eventId, Mail mail) {}

    /**
     * Mails, inside and outside the services' databases.
     *
     * @param due what the outbox asks for
     * @param sent what the mail gateway has sent
     * @param askedAgain how often the gateway was asked for a mail that it had sent
     * @param noted the events for which notification-service notes a mail
     */
    record Mails(List<Due> due, List<Mail> sent, int askedAgain, List<UUID> noted) {}

    /** How many accounts were opened in the minute that begins then. */
    record Minute(Instant begin, long accounts) {}

    /** An event that a service held back: {@code retrying}, {@code waiting} or {@code dead}. */
    record Held(UUID eventId, String aggregateId, String state) {}

    /**
     * What was seen while an event was dead.
     *
     * @param refused the account whose event the directory refuses
     * @param held all that was held back then, in order
     * @param handledMeanwhile events that were emitted and handled while it was dead
     */
    record Parking(String refused, List<Held> held, int handledMeanwhile) {}

    /**
     * What was seen while the mail gateway refused a mail for good.
     *
     * @param account whose mail that was
     * @param held all that notification-service held back then
     * @param heldElsewhere all that the other services held back then
     * @param sentMeanwhile mails that were asked for and sent while it was dead
     */
    record RefusedMail(String account, List<Held> held, List<Held> heldElsewhere, int sentMeanwhile) {}

    /** What was seen on the way. */
    record Seen(Parking parking, RefusedMail refusedMail) {}

    /** What both services know of an account. */
    record Person(
            long userId,
            String username,
            String email,
            Instant createdOn,
            @Nullable Instant lastLogin) {}

    /**
     * The search for passwords.
     *
     * @param needles how many passwords, hashes and salts were searched for
     * @param messages how many messages were searched
     * @param found the stream sequences of messages that hold one
     */
    record Secrets(int needles, int messages, List<Long> found) {}
}
