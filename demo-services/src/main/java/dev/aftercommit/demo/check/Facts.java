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
 * @param parking what was seen while an event was refused
 * @param secrets the search for passwords
 */
record Facts(
        int acceptedWrites,
        List<Emitted> emitted,
        List<Stored> stored,
        List<Handled> handled,
        Effects effects,
        Parking parking,
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
     */
    record Effects(List<Person> accounts, List<Person> directory, List<Minute> created, List<Minute> counted) {}

    /** How many accounts were opened in the minute that begins then. */
    record Minute(Instant begin, long accounts) {}

    /** An event that the directory held back: {@code retrying}, {@code waiting} or {@code dead}. */
    record Held(UUID eventId, String aggregateId, String state) {}

    /**
     * What was seen while an event was dead.
     *
     * @param refused the account whose event the directory refuses
     * @param held all that was held back then, in order
     * @param handledMeanwhile events that were emitted and handled while it was dead
     */
    record Parking(String refused, List<Held> held, int handledMeanwhile) {}

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
