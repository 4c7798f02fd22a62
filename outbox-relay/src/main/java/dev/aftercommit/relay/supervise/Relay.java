package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.debezium.DebeziumWarmUp;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.status.RelayStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay: one run after another until it is closed. A start that cannot work ends at once with the reason; later,
 * and from the start where a relay has published before, it outlives whatever its servers do and whatever a person has
 * to decide.
 */
public final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);
    private static final Duration STEADY = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(20);

    private final RelayConfig config;
    private final Clock clock = Clock.systemUTC();
    private final Progress progress = new Progress(clock);
    private final RetryLog retryLog = new RetryLog(clock);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    public Relay(RelayConfig config) {
        this.config = config;
    }

    /** What it does at this moment. Any thread may ask. */
    public RelayStatus status() {
        return progress.status();
    }

    /**
     * Runs on the calling thread until {@link #close()}.
     *
     * @throws AftercommitException when the first start cannot work: a server cannot be reached, or something is as no
     *     waiting mends it
     */
    public void run() throws InterruptedException {
        DebeziumWarmUp warmUp = DebeziumWarmUp.start(config.database(), SlotNames.DEFAULT);
        try {
            boolean reachedServers = false;
            boolean belongTogether = false;
            Duration backoff = FIRST_BACKOFF;
            while (stop.getCount() > 0) {
                long storedBefore = status().flow().stored();
                RelayRun run = new RelayRun(config, progress, () -> stop.getCount() == 0, new Threads(clock));
                try {
                    run.execute();
                } catch (AftercommitException e) {
                    reachedServers |= run.passedChecks();
                    belongTogether |= run.belongTogether();
                    if (!reachedServers || (!belongTogether && isBlocking(e.code()))) {
                        throw e;
                    }
                    boolean worked = status().flow().stored() > storedBefore || isSteady(status().phase());
                    backoff = worked ? FIRST_BACKOFF : longer(backoff);
                    progress.enter(isBlocking(e.code()) ? RelayState.BLOCKED : RelayState.RETRYING, e);
                    warn(e, worked);
                    stop.await(jittered(backoff), TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            warmUp.close();
            progress.enter(RelayState.STOPPED, null);
            ended.countDown();
        }
    }

    /** Streaming or standing by for a while; a run that only begins to stream and fails again has mended nothing. */
    private boolean isSteady(RelayStatus.Phase phase) {
        return (phase.state() == RelayState.STREAMING || phase.state() == RelayState.STANDBY)
                && phase.since().isBefore(clock.instant().minus(STEADY));
    }

    private void warn(AftercommitException failure, boolean workedBefore) {
        if (workedBefore) {
            retryLog.worked();
        }
        if (retryLog.isNews(failure)) {
            LOG.warn(
                    "{} {}",
                    failure.getMessage(),
                    isBlocking(failure.code())
                            ? "The relay publishes nothing until that is mended; it looks again every few seconds."
                            : "The relay tries again until it works; what is committed meanwhile waits in the outbox.");
        }
        LOG.debug("The run ended", failure);
    }

    /** Whether waiting alone will not mend it. */
    private static boolean isBlocking(ErrorCode code) {
        return switch (code) {
            case DATABASE_UNAVAILABLE, BROKER_UNAVAILABLE, FENCED -> false;
            default -> true;
        };
    }

    private static Duration longer(Duration backoff) {
        Duration doubled = backoff.multipliedBy(2);
        return doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }

    private static long jittered(Duration backoff) {
        return ThreadLocalRandom.current().nextLong(backoff.toMillis() / 2, backoff.toMillis() + 1);
    }

    /** Stops within a bound: what is on its way is acknowledged and confirmed first. */
    @Override
    public void close() {
        stop.countDown();
        try {
            if (!ended.await(CLOSE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn(
                        "The relay did not stop within {} s; what is left is done again at the next start",
                        CLOSE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
