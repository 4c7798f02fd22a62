package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decides which failed attempts are worth a warning: the first, one of another kind, and one a minute after that. */
final class RetryLog {
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Clock clock;
    private @Nullable ErrorCode last;
    private Instant lastTime = Instant.MIN;

    RetryLog(Clock clock) {
        this.clock = clock;
    }

    /** Whether to warn of this failure. */
    boolean isNews(AftercommitException failure) {
        Instant now = clock.instant();
        if (failure.code() == last && now.isBefore(lastTime.plus(AGAIN))) {
            return false;
        }
        last = failure.code();
        lastTime = now;
        return true;
    }

    /** It worked in between: the next failure is news. */
    void worked() {
        last = null;
    }
}
