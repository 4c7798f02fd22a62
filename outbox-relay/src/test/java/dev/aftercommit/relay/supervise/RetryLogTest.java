package dev.aftercommit.relay.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryLogTest {
    private final AftercommitException nats = new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, "NATS");
    private final AftercommitException postgres =
            new AftercommitException(ErrorCode.DATABASE_UNAVAILABLE, "PostgreSQL");

    private final HandClock clock = new HandClock();
    private final RetryLog log = new RetryLog(clock);

    @Test
    void aServerThatStaysAwayIsNewsOnceAMinute() {
        int warnings = 0;
        for (int second = 0; second < 600; second += 5) {
            warnings += log.isNews(nats) ? 1 : 0;
            clock.pass(Duration.ofSeconds(5));
        }
        assertThat(warnings).isEqualTo(10);
    }

    @Test
    void anotherReasonIsNewsAtOnce() {
        assertThat(log.isNews(nats)).isTrue();
        assertThat(log.isNews(postgres)).isTrue();
        assertThat(log.isNews(postgres)).isFalse();
    }

    @Test
    void theSameReasonIsNewsAgainWhenItWorkedInBetween() {
        assertThat(log.isNews(nats)).isTrue();
        log.worked();
        assertThat(log.isNews(nats)).isTrue();
    }
}
