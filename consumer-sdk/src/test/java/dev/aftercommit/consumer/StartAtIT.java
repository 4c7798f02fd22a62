package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a new consumer starts, and that it goes on where it was once it is not new. */
@OutboxTest(schema = Effects.Table.class)
final class StartAtIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    private final Scene scene;

    StartAtIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /** What is published once {@code start()} has returned is handled, in whatever partition it is. */
    @Test
    void nowIsWhenItIsStartedForTheFirstTime() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            try (OutboxConsumer first = started(StartAt.now());
                    OutboxConsumer second = started(StartAt.now())) {
                relay.publishBurst(100, ACCOUNTS);
                scene.effects().awaitCount(100);
                assertThat(first.status().waiting()).isNull();
                assertThat(second.status().waiting()).isNull();
            }
            relay.publishBurst(50, ACCOUNTS);
            try (OutboxConsumer third = started(StartAt.now())) {
                scene.effects().awaitCount(150);
                assertThat(third.status().waiting()).isNull();
            }
        }
        assertThat(scene.effects().query("SELECT count(*), count(DISTINCT event_id), min(number) FROM effect"))
                .containsExactly("150|150|6");
    }

    @Test
    void nothingOfAStreamThatIsYetToComeIsBeforeNow() {
        try (OutboxConsumer early = started(StartAt.now())) {
            assertThat(early.status().waiting()).isNotNull();
        }
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            try (OutboxConsumer consumer = started(StartAt.now())) {
                scene.effects().awaitCount(100);
                assertThat(consumer.status().waiting()).isNull();
            }
        }
        scene.effects().assertEachOnceInOrder(100);
    }

    @Test
    void aTimeIsThatAtWhichTheStreamStoredAnEvent() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            Instant since = relay.stream().state().getLastTime().toInstant().plusNanos(1);
            relay.publishBurst(100, ACCOUNTS);
            try (OutboxConsumer consumer = started(StartAt.time(since))) {
                scene.effects().awaitCount(100);
                assertThat(consumer.status().waiting()).isNull();
            }
        }
        assertThat(scene.effects().query("SELECT count(*), min(number) FROM effect"))
                .containsExactly("100|6");
    }

    @Test
    void aTimeThatIsStillToComeIsNow() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            try (OutboxConsumer consumer = started(StartAt.time(Instant.now().plus(Duration.ofDays(1))))) {
                relay.publish("late");
                scene.effects().awaitCount(1);
                assertThat(consumer.status().waiting()).isNull();
            }
        }
        assertThat(scene.effects().query("SELECT account FROM effect")).containsExactly("late");
    }

    @Test
    void aPositionIsThatOfItsEvent() throws Exception {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            relay.publish("deleted");
            EventEnvelope wanted = relay.publish("wanted");
            relay.publishBurst(20, ACCOUNTS);
            relay.stream().management().deleteMessage(relay.stream().name(), 101);
            try (OutboxConsumer consumer = started(StartAt.position(wanted.position()))) {
                scene.effects().awaitCount(21);
                assertThat(consumer.status().waiting()).isNull();
            }
        }
        assertThat(scene.effects().query("SELECT count(*), count(*) FILTER (WHERE account = 'wanted') FROM effect"))
                .containsExactly("21|1");
    }

    @Test
    void aPositionThatIsNotPublishedYetIsWaitedFor() {
        try (AccountRelay relay = scene.relay()) {
            OutboxPosition before = relay.publish("a").position();
            OutboxPosition wanted =
                    new OutboxPosition(before.epoch(), before.transactionLsn() + 20 * 8, before.ordinal());
            try (OutboxConsumer consumer = started(StartAt.position(wanted))) {
                await().untilAsserted(() -> assertThat(consumer.status().waiting())
                        .isNotNull()
                        .satisfies(waiting -> {
                            assertThat(waiting.reason()).isEqualTo(Waiting.Reason.STREAM_BEHIND);
                            assertThat(waiting.message()).contains(wanted.toString(), "SELECT inbox.reset(");
                        }));
                relay.publishBurst(30, List.of("a"));
                scene.effects().awaitCount(11);
                await().untilAsserted(
                                () -> assertThat(consumer.status().waiting()).isNull());
            }
        }
        assertThat(scene.effects().query("SELECT count(*), min(number) FROM effect"))
                .containsExactly("11|21");
    }

    private OutboxConsumer started(StartAt startAt) {
        return Scene.started(scene.consumer(new RecordingHandlers()).startAt(startAt));
    }
}
