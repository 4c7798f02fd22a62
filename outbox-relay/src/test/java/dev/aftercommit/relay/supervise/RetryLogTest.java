package dev.aftercommit.relay.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RetryLogTest {
    private final AftercommitException nats = new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, "NATS");
    private final AftercommitException postgres =
            new AftercommitException(ErrorCode.DATABASE_UNAVAILABLE, "PostgreSQL");

    private Instant now = Instant.EPOCH;
    private final RetryLog log = new RetryLog(new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    @Test
    void aServerThatStaysAwayIsNewsOnceAMinute() {
        int warnings = 0;
        for (int second = 0; second < 600; second += 5) {
            warnings += log.isNews(nats) ? 1 : 0;
            now = now.plus(Duration.ofSeconds(5));
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
