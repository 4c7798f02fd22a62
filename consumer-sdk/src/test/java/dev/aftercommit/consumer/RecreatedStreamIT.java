package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams that were deleted and made again, with the same past, without it, or with another one. */
@OutboxTest(schema = Effects.Table.class)
final class RecreatedStreamIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    private final Scene scene;

    RecreatedStreamIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aStreamMadeAgainWhileTheConsumerIsAwayIsResumedAfterTheHandledEvents() {
        try (AccountRelay relay = scene.relay();
                LogCapture log = new LogCapture()) {
            relay.publishBurst(500, ACCOUNTS);
            handle(500);
            relay.publishBurst(100, ACCOUNTS);
            relay.stream().delete();
            relay.stream().create(AccountRelay.PARTITIONS);
            relay.publishAgain(100, 600); // sequences mean something else
            relay.publishBurst(100, ACCOUNTS);
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                scene.effects().awaitCount(700);
                assertThat(consumer.status().partitions())
                        .allSatisfy(partition ->
                                assertThat(partition.skippedEvents()).isZero());
            }
            scene.effects().assertEachOnceInOrder(700);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains("made again or restored");
            assertThat(identities()).hasSize(1);
        }
    }

    @Test
    void aStreamMadeAgainUnderARunningConsumerIsWaitedForUntilItHoldsTheHandledEvents() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publishBurst(500, ACCOUNTS);
            scene.effects().awaitCount(500);
            relay.stream().delete();
            Choices.await(consumer, Waiting.Reason.STREAM_MISSING);
            try (LogCapture log = new LogCapture()) {
                relay.stream().create(AccountRelay.PARTITIONS);
                Choices.await(consumer, Waiting.Reason.STREAM_BEHIND);
                relay.publishAgain(0, 480);
                relay.publishAgain(480, 500);
                relay.publishBurst(200, ACCOUNTS);
                scene.effects().awaitCount(700);
                assertThat(log.lines())
                        .filteredOn(line -> line.contains("ends before"))
                        .singleElement()
                        .asString()
                        .contains("goes on by itself");
            }
            scene.effects().assertEachOnceInOrder(700);
        }
    }

    @Test
    void aStreamMadeAgainWithoutItsHistoryIsRefusedUntilSomebodyAcceptsIt() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(500, ACCOUNTS);
            handle(500);
            relay.stream().delete();
            relay.stream().create(AccountRelay.PARTITIONS);
            relay.publishBurst(100, ACCOUNTS);
            try (LogCapture log = new LogCapture();
                    OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                Choices.awaitInAll(consumer, Waiting.Reason.EVENT_UNKNOWN, AccountRelay.PARTITIONS);
                await().untilAsserted(() -> assertThat(Choices.await(consumer, Waiting.Reason.EVENT_UNKNOWN)
                                .message())
                        .contains("16 of 16 partitions wait", "went back to an earlier state", "(sequence 1)"));
                scene.effects().assertEachOnceInOrder(500);
                assertThat(log.lines())
                        .filteredOn(line -> line.startsWith("WARN"))
                        .singleElement()
                        .asString()
                        .contains("does not hold");
                Choices.accept(consumer, scene.effects());
                scene.effects().awaitCount(600);
            }
            scene.effects().assertEachOnceInOrder(600);
        }
    }

    @Test
    void anotherEventAtTheHandledPositionIsRefusedAndHandledOnceAccepted() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(10, List.of("a"));
            handle(10);
            relay.stream().delete();
            relay.stream().create(AccountRelay.PARTITIONS);
            relay.publishAgain(0, 9);
            relay.publishInstead(9, "b");
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                Choices.await(consumer, Waiting.Reason.EVENT_UNKNOWN);
                scene.effects().assertEachOnceInOrder(10);
                Choices.accept(consumer, scene.effects());
                scene.effects().awaitCount(11);
            }
            scene.effects().assertEachOnceInOrder(11);
        }
    }

    @Test
    void anotherHistoryIsRefusedAndHandledFromItsBeginningOnceAccepted() {
        UUID before = UUID.randomUUID();
        UUID after = UUID.randomUUID();
        try (AccountRelay relay = scene.relay()) {
            relay.stream().tell(before, UUID.randomUUID());
            relay.publishBurst(100, ACCOUNTS);
            handle(100);
            relay.stream().delete();
        }
        try (AccountRelay another = scene.relay();
                LogCapture log = new LogCapture()) {
            another.stream().tell(after, UUID.randomUUID());
            another.publishBurst(
                    200,
                    AccountRelay.accounts(5).stream().map("another-"::concat).toList());
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                Waiting waiting = Choices.await(consumer, Waiting.Reason.OTHER_HISTORY);
                assertThat(waiting.message()).contains(before.toString(), after.toString(), "NATS account");
                scene.effects().assertEachOnceInOrder(100);
                assertThat(log.lines())
                        .filteredOn(line -> line.startsWith("WARN"))
                        .singleElement()
                        .asString()
                        .contains("copy of the history");
                Choices.accept(consumer, scene.effects());
                scene.effects().awaitCount(300);
            }
            scene.effects().assertEachOnceInOrder(300);
        }
    }

    @Test
    void aHistoryThatChangesUnderARunningConsumerStopsIt() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.stream().tell(UUID.randomUUID(), UUID.randomUUID());
            relay.publishBurst(100, ACCOUNTS);
            scene.effects().awaitCount(100);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> scene.effects()
                            .query("SELECT count(*) FROM inbox.checkpoint WHERE history IS NOT NULL")
                            .equals(List.of("16")));
            relay.stream().tell(UUID.randomUUID(), UUID.randomUUID());
            Choices.awaitInAll(consumer, Waiting.Reason.OTHER_HISTORY, 16);
            relay.publishBurst(100, ACCOUNTS);
            assertThat(scene.effects().count()).isEqualTo(100);
        }
    }

    @Test
    void aStreamThatSaysItsHistoryLaterIsTakenAtItsWordAndABranchIsNoted() {
        UUID history = UUID.randomUUID();
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            handle(100);
            assertThat(scene.effects().query("SELECT DISTINCT history FROM inbox.checkpoint"))
                    .containsExactly("null");
            scene.effects().execute("UPDATE inbox.checkpoint SET event_id = NULL"); // as an earlier version left it
            relay.stream().tell(history, first);
            relay.publishBurst(100, ACCOUNTS);
            handle(200);
            assertThat(scene.effects().query("SELECT DISTINCT history, branch FROM inbox.checkpoint"))
                    .containsExactly(history + "|" + first);
            assertThat(scene.effects().query("SELECT count(*) FROM inbox.checkpoint WHERE event_id IS NULL"))
                    .containsExactly("0");
            relay.stream().tell(history, second);
            relay.beginEpoch();
            relay.publishBurst(100, ACCOUNTS);
            handle(300);
            assertThat(scene.effects().query("SELECT DISTINCT history, branch FROM inbox.checkpoint"))
                    .containsExactly(history + "|" + second);
            scene.effects().assertEachOnceInOrder(300);
        }
    }

    @Test
    void aStreamRecreatedWithOtherPartitionsIsRefusedAndNothingIsHandled() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            handle(100);
            relay.stream().delete();
            relay.stream().create(8);
            relay.publishBurst(100, ACCOUNTS);
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                assertThat(consumer.status().waiting()).isNotNull().satisfies(waiting -> {
                    assertThat(waiting.reason()).isEqualTo(Waiting.Reason.STREAM_MISMATCH);
                    assertThat(waiting.message()).contains("recreated with other partitions");
                });
                assertThat(consumer.status().partitions()).isEmpty();
            }
            scene.effects().assertEachOnceInOrder(100);
        }
    }

    private List<String> identities() {
        return scene.effects().query("SELECT DISTINCT stream_identity FROM inbox.checkpoint");
    }

    private void handle(int upTo) {
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            scene.effects().awaitCount(upTo);
            await().untilAsserted(() -> assertThat(consumer.status().waiting()).isNull());
        }
    }
}
