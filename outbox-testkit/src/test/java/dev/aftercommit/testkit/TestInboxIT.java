package dev.aftercommit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.localservers.Sql;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Waiting for consumers, whose rows are written here as they write them. */
@OutboxTest
class TestInboxIT {
    private final OutboxFixture fixture;
    private final TestInbox impatient;

    TestInboxIT(OutboxFixture fixture) {
        this.fixture = fixture;
        this.impatient = fixture.inbox().within(Duration.ofMillis(100));
    }

    @Test
    void anEventIsHandledWhenTheCheckpointOfItsPartitionHasReachedIt() {
        EventEnvelope event = fixture.relay().publish(new AccountCreated("a", 1));
        EventEnvelope next = fixture.relay().publish(new AccountCreated("a", 2));
        reach(event);
        impatient.awaitHandled(event);
        assertThat(failure(event, next))
                .contains("1 of 2 events are not handled:", "AccountCreated of account/a at " + next.position())
                .contains("Consumers have come to: directory, partition");
        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> fixture.inbox().awaitHandled(event, next));
        Sql.execute(fixture.dataSource(), "UPDATE inbox.checkpoint SET position = '" + next.position() + "'");
        waiting.join();
    }

    @Test
    void withoutAnyConsumerThatIsSaid() {
        assertThat(failure(fixture.relay().publish(new AccountCreated("a", 1))))
                .contains("No consumer of this database has begun");
    }

    @Test
    void aParkedEventIsNotHandledAndItsErrorIsTold() {
        EventEnvelope event = fixture.relay().publish(new AccountCreated("a", 1));
        reach(event);
        park(event, "retrying");
        assertThat(failure(event))
                .contains("AccountCreated of account/a is tried again after 3 attempts (consumer directory):"
                        + " java.lang.IllegalStateException at Directory.on");
    }

    @Test
    void forADeadEventNobodyWaits() {
        EventEnvelope event = fixture.relay().publish(new AccountCreated("a", 1));
        reach(event);
        park(event, "dead");
        assertThat(catchThrowableOfType(
                                AssertionError.class,
                                () -> fixture.inbox().within(Duration.ofDays(1)).awaitHandled(event))
                        .getMessage())
                .contains("is dead after 3 attempts");
    }

    private String failure(EventEnvelope... events) {
        return catchThrowableOfType(AssertionError.class, () -> impatient.awaitHandled(events))
                .getMessage();
    }

    private void reach(EventEnvelope event) {
        Sql.execute(
                fixture.dataSource(),
                "INSERT INTO inbox.checkpoint (consumer, source, partition, stream_sequence, stream_identity, position)"
                        + " VALUES ('directory', '" + event.source() + "', " + event.partition() + ", 1, 'x', '"
                        + event.position() + "')");
    }

    private void park(EventEnvelope event, String state) {
        Sql.execute(
                fixture.dataSource(),
                "INSERT INTO inbox.parked_event (consumer, source, partition, aggregate_type, aggregate_id, event_id,"
                        + " event_type, position, stream_sequence, headers, payload, state, attempts, next_attempt, error)"
                        + " VALUES ('directory', '" + event.source() + "', " + event.partition() + ", 'account', 'a', '"
                        + event.eventId() + "', 'AccountCreated', '" + event.position() + "', 1, '{}', '', '" + state
                        + "', 3, " + (state.equals("retrying") ? "now()" : "NULL")
                        + ", 'java.lang.IllegalStateException at Directory.on')");
    }
}
