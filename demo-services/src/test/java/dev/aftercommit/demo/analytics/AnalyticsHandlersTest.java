package dev.aftercommit.demo.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.aftercommit.demo.analytics.event.AccountCreated;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnalyticsHandlersTest {
    @Test
    void anAccountCountsInTheMinuteInWhichItWasOpened() {
        Stream<AccountCreated> created = Stream.of(
                        "2026-12-01T12:00:59.999Z", "2026-12-01T12:01:00Z", "2026-12-01T12:00:00Z")
                .map(time -> new AccountCreated(1, Instant.parse(time)));

        assertThat(AnalyticsHandlers.byMinute(created))
                .containsExactly(
                        entry(Instant.parse("2026-12-01T12:00:00Z"), 2L),
                        entry(Instant.parse("2026-12-01T12:01:00Z"), 1L));
    }
}
