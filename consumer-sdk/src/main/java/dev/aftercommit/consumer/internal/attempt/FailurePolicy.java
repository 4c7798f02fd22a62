package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.TerminalException;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** What becomes of an event whose handler failed. Pure but for chance, which is handed in. */
public final class FailurePolicy {
    private static final int MAX_CAUSES = 20;

    private FailurePolicy() {}

    /** What becomes of it. */
    public sealed interface Decision {
        /** It is tried again. */
        record RetryAfter(Duration pause) implements Decision {}

        /** It is not tried again by itself. */
        record Dead() implements Decision {}
    }

    /**
     * What becomes of an event that was tried so often.
     *
     * @param attempts how often it was tried, this time included
     */
    public static Decision decide(RetryPolicy policy, int attempts, Throwable failure, RandomGenerator random) {
        return attempts >= policy.attempts() || isTerminal(policy, failure)
                ? new Decision.Dead()
                : new Decision.RetryAfter(policy.backoff().after(attempts, random));
    }

    /** Looks through the causes, since frameworks wrap what a handler throws. */
    private static boolean isTerminal(RetryPolicy policy, Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof TerminalException
                    || policy.noRetryFor().stream().anyMatch(isOne(cause))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static Predicate<Class<? extends Throwable>> isOne(Throwable cause) {
        return type -> type.isInstance(cause);
    }
}
