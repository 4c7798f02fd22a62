package dev.aftercommit.consumer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The dead events of one consumer, and what a person decides about them. Works also while no instance of the consumer runs.
 * Thread-safe. Every call throws {@link AftercommitException}: {@link ErrorCode#DATABASE_UNAVAILABLE} when the database
 * cannot be reached, {@link ErrorCode#DATABASE_UNSUITABLE} when it does not do what it is asked for.
 */
public interface DeadLetters {
    /** The oldest that are meant, at most so many. */
    List<DeadLetter> list(DeadLetterFilter which, int most);

    /** The payload of a dead event, verbatim. It may hold what not everybody should see. */
    Optional<byte[]> payload(UUID eventId);

    /**
     * Has them tried again, with all their attempts, and when they pass what waits behind them, in order.
     *
     * @return how many there were
     */
    int redrive(DeadLetterFilter which);

    /**
     * Gives them up: they are never handled. What waits behind them is.
     *
     * @return how many there were
     */
    int discard(DeadLetterFilter which);
}
