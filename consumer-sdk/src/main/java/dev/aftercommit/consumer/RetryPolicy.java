package dev.aftercommit.consumer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.List;

/**
 * How often an event whose handler fails is tried, and when. Trouble of the database is not an attempt: it is waited for.
 * Immutable.
 *
 * @param attempts how often it is tried before it is dead, the first time included; at least 1
 * @param backoff how long it waits in between
 * @param noRetryFor errors, or causes of errors, after which it is dead at once
 */
public record RetryPolicy(int attempts, Backoff backoff, List<Class<? extends Throwable>> noRetryFor) {
    /** 20 attempts within about 40 minutes. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(20, Backoff.DEFAULT, List.of());

    /**
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when there is no attempt at all
     */
    public RetryPolicy {
        if (attempts < 1) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "attempts(" + attempts + ") is not a number of attempts: an event is tried at least once.");
        }
        noRetryFor = List.copyOf(noRetryFor);
    }
}
