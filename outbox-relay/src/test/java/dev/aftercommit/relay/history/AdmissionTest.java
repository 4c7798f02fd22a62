package dev.aftercommit.relay.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.routing.OutboundMessage;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import dev.aftercommit.relay.source.ParkedEvent.Reason;
import dev.aftercommit.relay.source.ParkedHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final int MOST = 500;

    private final EventRouter router = new EventRouter("accounts", 16);

    @Test
    void whatFitsIsPublished() {
        Admission admission = new Admission(router, Map.of(), Map.of());
        assertThat(decide(admission, change(1, "a1", "1"), 1)).isInstanceOf(Admission.Decision.Publish.class);
    }

    @Test
    void whatIsTooLargeIsParkedAndHoldsBackItsAggregateAlone() {
        Admission admission = new Admission(router, Map.of(), Map.of());
        requireParked(
                decide(admission, change(1, "a1", '"' + "x".repeat(MOST) + '"'), 1), Reason.TOO_LARGE, "too large");
        requireParked(decide(admission, change(2, "a1", "1"), 2), Reason.BEHIND, "waits for event " + id(1));
        assertThat(decide(admission, change(3, "a2", "1"), 3)).isInstanceOf(Admission.Decision.Publish.class);
    }

    @Test
    void whatIsMalformedIsParked() {
        Admission admission = new Admission(router, Map.of(), Map.of());
        OutboxChange change = new OutboxChange(
                1,
                0,
                Instant.EPOCH,
                new OutboxChange.Row(id(1).toString(), "account", "a1", "Changed", "1", "{\"a\":{}}"));
        Admission.Decision decision = decide(admission, change, 1);
        requireParked(decision, Reason.MALFORMED, "headers are not a JSON object of strings");
        assertThat(((Admission.Decision.Park) decision).event().detail()).doesNotEndWith(".");
    }

    @Test
    void whatTheStreamHasRefusedIsParkedWithItsReason() {
        Admission admission = new Admission(router, Map.of(), Map.of(id(1), "no (10054)"));
        requireParked(decide(admission, change(1, "a1", "1"), 1), Reason.REFUSED, "no (10054)");
        requireParked(decide(admission, change(2, "a1", "1"), 2), Reason.BEHIND, id(1).toString());
    }

    @Test
    void whatWasOwedBeforeTheHeadOfAQueueIsNotHeldBack() {
        ParkedHead head = new ParkedHead(id(5), new OutboxPosition(1, 500, 0));
        Admission admission = new Admission(router, Map.of(new Aggregate("account", "a1"), head), Map.of());
        assertThat(decide(admission, change(1, "a1", "1"), 499)).isInstanceOf(Admission.Decision.Publish.class);
        assertThat(decide(admission, change(5, "a1", "1"), 500)).isInstanceOf(Admission.Decision.Publish.class);
        requireParked(decide(admission, change(6, "a1", "1"), 501), Reason.BEHIND, id(5).toString());
    }

    private static Admission.Decision decide(Admission admission, OutboxChange change, long lsn) {
        return admission.decide(change, new OutboxPosition(1, lsn, 0), "", new Small());
    }

    private static void requireParked(Admission.Decision decision, Reason reason, String detail) {
        assertThat(decision).isInstanceOfSatisfying(Admission.Decision.Park.class, park -> {
            assertThat(park.event().reason()).isEqualTo(reason);
            assertThat(park.event().detail()).contains(detail);
        });
    }

    private static OutboxChange change(int number, String aggregate, String payload) {
        return new OutboxChange(
                1,
                0,
                Instant.EPOCH,
                new OutboxChange.Row(id(number).toString(), "account", aggregate, "Changed", payload, null));
    }

    private static UUID id(int number) {
        return new UUID(0x7000, number);
    }

    /** Says what fits; nothing is published here. */
    private static final class Small implements Publisher {
        @Override
        public @Nullable String unfit(OutboundMessage message) {
            return message.size() > MOST ? "it is too large" : null;
        }

        @Override
        public boolean awaitCapacity(Duration timeout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void publish(OutboundMessage message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long published() {
            return 0;
        }

        @Override
        public long acknowledged() {
            return 0;
        }

        @Override
        public @Nullable AftercommitException failure() {
            return null;
        }

        @Override
        public @Nullable Refused refused() {
            return null;
        }

        @Override
        public boolean settle(Duration timeout) {
            return true;
        }

        @Override
        public void close() {}
    }
}
