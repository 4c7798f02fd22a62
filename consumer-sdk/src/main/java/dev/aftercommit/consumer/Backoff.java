package dev.aftercommit.consumer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long an event whose handler failed waits for its next attempt: the wait doubles from one attempt to the next, and
 * each is shortened at random by up to a fifth, so that partitions that failed together do not all come back together.
 * Immutable.
 *
 * @param initial after the first attempt; at least 1 ms
 * @param maximum the longest wait; at least {@code initial}
 */
public record Backoff(Duration initial, Duration maximum) {
    /** 100 ms, doubling up to 5 minutes. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(100), Duration.ofMinutes(5));

    private static final int MAX_DOUBLINGS = 30;
    private static final double JITTER = 0.2;

    /**
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when the waits are not positive or out of order
     */
    public Backoff {
        if (initial.toMillis() < 1 || maximum.compareTo(initial) < 0) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "A backoff from " + initial + " to " + maximum
                            + " is not one: the first wait is at least 1 ms, the longest at least as long.");
        }
    }

    /** The wait after a failed attempt, counted from 1. */
    public Duration after(int attempt, RandomGenerator random) {
        long full = full(attempt).toMillis();
        return Duration.ofMillis(Math.max(1, full - (long) (full * JITTER * random.nextDouble())));
    }

    /** Whether the wait after this attempt is longer than the one before it. */
    public boolean growsAt(int attempt) {
        return attempt == 1 || full(attempt).compareTo(full(attempt - 1)) > 0;
    }

    private Duration full(int attempt) {
        Duration doubled = initial.multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
        return doubled.compareTo(maximum) < 0 ? doubled : maximum;
    }
}
