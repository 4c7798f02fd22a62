package dev.aftercommit.consumer.internal.ordered;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.Lag;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.contract.HeaderNames;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BacklogTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Delivery OLD = delivery(1, "2026-11-24T11:59:00Z");
    private static final Delivery YOUNG = delivery(2, "2026-11-24T11:59:30Z");

    @Test
    void whatIsBeingHandledIsBehindAndSoIsWhatFollows() {
        assertThat(Backlog.with(List.of(OLD, YOUNG), 5).lag(NOW)).isEqualTo(new Lag(7, Duration.ofSeconds(60)));
    }

    @Test
    void whatFollowsIsNoOlderThanTheLastOneThatWasHandled() {
        assertThat(Backlog.after(List.of(OLD, YOUNG), 5).lag(NOW)).isEqualTo(new Lag(5, Duration.ofSeconds(30)));
    }

    @Test
    void nothingIsBehindWhenNothingFollows() {
        assertThat(Backlog.after(List.of(OLD, YOUNG), 0).lag(NOW)).isEqualTo(Lag.NONE);
        assertThat(Backlog.opened(0, Backlog.with(List.of(OLD), 5)).lag(NOW)).isEqualTo(Lag.NONE);
    }

    @Test
    void aFeedThatIsOpenedAgainStillKnowsTheOldest() {
        Backlog failed = Backlog.with(List.of(OLD), 0);
        assertThat(Backlog.opened(3, failed).lag(NOW)).isEqualTo(new Lag(3, Duration.ofSeconds(60)));
        assertThat(Backlog.opened(3, null).lag(NOW)).isEqualTo(new Lag(3, null));
    }

    @Test
    void aClockThatIsBehindMakesNothingYoungerThanNow() {
        assertThat(Backlog.with(List.of(delivery(1, "2026-11-24T12:00:01Z")), 0).lag(NOW))
                .isEqualTo(new Lag(1, Duration.ZERO));
    }

    @Test
    void aMessageThatDoesNotSayItsTimeHasNoAge() {
        assertThat(Backlog.with(List.of(delivery(1, "yesterday")), 0).lag(NOW)).isEqualTo(new Lag(1, null));
    }

    private static Delivery delivery(long sequence, String time) {
        Headers headers = new Headers();
        headers.put(HeaderNames.CE_TIME, time);
        return new Delivery(
                sequence,
                NatsMessage.builder()
                        .subject("outbox.a.b.C.00")
                        .headers(headers)
                        .build());
    }
}
