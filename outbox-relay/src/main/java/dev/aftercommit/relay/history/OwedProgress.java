package dev.aftercommit.relay.history;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log how far the publishing of owed events has come, when it takes longer. */
public final class OwedProgress {
    private static final Logger LOG = LoggerFactory.getLogger(OwedProgress.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int WIDTH = 30;

    private final Clock clock;
    private Instant begun;
    private Instant told;
    private long total;

    public OwedProgress(Clock clock) {
        this.clock = clock;
        this.begun = clock.instant();
        this.told = begun;
    }

    void begin(long events) {
        begun = clock.instant();
        told = begun;
        total = events;
        LOG.info("The stream is owed up to {} events; they are published from the table first", total);
    }

    void published(long events) {
        if ((events & 1023) == 0 && clock.instant().isAfter(told.plus(INTERVAL))) {
            told = clock.instant();
            LOG.info("{}", bar(events));
        }
    }

    private String bar(long events) {
        double share = total == 0 ? 1 : Math.min(1, (double) events / total);
        int filled = (int) (share * WIDTH);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%  %,d of %,d events, %,d/s",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                share * 100,
                events,
                total,
                rate(events));
    }

    private long rate(long events) {
        return events
                * 1_000
                / Math.max(1, Duration.between(begun, clock.instant()).toMillis());
    }

    void end(long events, long gone) {
        LOG.info("Published {} owed events from the table, {}/s", events, rate(events));
        if (gone > 0) {
            LOG.warn("{} older events are not in outbox.event any more, so the stream begins behind them", gone);
        }
    }
}
