package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.nats.client.PurgeOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that the stream does not hold any more: those not yet handled stop a consumer, the others do not. */
@OutboxTest(schema = Effects.Table.class)
final class MissingMessagesIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    private final Scene scene;
    private final AccountRelay relay;

    MissingMessagesIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
        relay = scene.relay();
    }

    @AfterEach
    void close() {
        relay.close();
        scene.close();
    }

    @Test
    void purgedEventsAreNotPassedOverInSilence() {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publishBurst(128, AccountRelay.accounts(50));
        purge(PurgeOptions.builder().keep(0).build());
        relay.publishBurst(100, List.of("later"));

        assertRefusedAndGoesOnWhenAccepted(100, "128 messages (of all partitions, sequences 101 to 228)", 200);
    }

    @Test
    void expiredEventsAreNotPassedOverInSilence() {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publishBurst(10, ACCOUNTS);
        relay.stream()
                .change(stream -> stream.maxAge(Duration.ofSeconds(1))
                        .duplicateWindow(Duration.ofSeconds(1))
                        .build());
        await().until(() -> relay.stream().state().getMsgCount() == 0);
        relay.stream().change(stream -> stream.maxAge(Duration.ZERO).build());
        relay.publishBurst(10, List.of("later"));

        assertRefusedAndGoesOnWhenAccepted(100, "10 messages (of all partitions, sequences 101 to 110)", 110);
    }

    @Test
    void trimmedEventsAreNotPassedOverInSilence() {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publishBurst(270, List.of("lost"));
        relay.publishBurst(30, List.of("kept"));
        relay.stream().change(stream -> stream.maxMessages(30).build());

        assertRefusedAndGoesOnWhenAccepted(100, "270 messages (of all partitions, sequences 101 to 370)", 130);
    }

    @Test
    void deletedEventsAreNotPassedOverInSilence() throws Exception {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publishBurst(10, List.of("kept"));
        relay.publish("lost");
        relay.publish("lost");
        relay.publishBurst(10, List.of("kept"));
        relay.stream().management().deleteMessage(relay.stream().name(), 111);
        relay.stream().management().deleteMessage(relay.stream().name(), 112);

        assertRefusedAndGoesOnWhenAccepted(100, "2 messages (of all partitions, sequences 111 to 112)", 120);
    }

    @Test
    void theNewestEventIsMissedWhenItIsDeleted() throws Exception {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publish("lost");
        relay.stream().management().deleteMessage(relay.stream().name(), 101);

        assertRefusedAndGoesOnWhenAccepted(100, "1 message (of all partitions, sequences 101 to 101)", 100);
    }

    @Test
    void eventsPurgedBySubjectAreNotPassedOverInSilence() {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publish("kept");
        EventEnvelope lost = relay.publish("lost");
        relay.publish("lost");
        relay.publish("kept");
        purge(PurgeOptions.subject(lost.subject().toString()));

        assertRefusedAndGoesOnWhenAccepted(100, "2 messages", 102);
    }

    /** The first event blocks its partition, while the client has not yet fetched what is purged. */
    @Test
    void whatIsPurgedWhileAConsumerIsBehindIsNotPassedOverEither() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch purged = new CountDownLatch(1);
        class Slow extends RecordingHandlers {
            @Override
            void before(AccountCreated event) {
                entered.countDown();
                if (purged.getCount() > 0) {
                    await().forever().until(() -> purged.getCount() == 0);
                }
            }
        }
        relay.publishBurst(3_000, List.of("a"));
        try (OutboxConsumer consumer = scene.started(new Slow())) {
            entered.await();
            purge(PurgeOptions.builder().keep(0).build());
            relay.publishBurst(100, List.of("b"));
            purged.countDown();
            Waiting waiting = Choices.await(consumer, Waiting.Reason.MESSAGES_GONE);
            assertThat(waiting.message()).contains("to 3000)");
            int handled = scene.effects().numbersOf("a").size();
            assertThat(handled).isLessThan(3_000);
            Choices.accept(consumer, scene.effects());
            relay.publish("a");
            scene.effects().awaitCount(handled + 1 + 100);
            assertThat(scene.effects().numbersOf("a")).hasSize(handled + 1).endsWith(handled, 3_001);
        }
    }

    @Test
    void aConsumerThatIsToldToPassesOverThemAndCountsThem() {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.publishBurst(128, AccountRelay.accounts(50));
        purge(PurgeOptions.builder().keep(0).build());
        relay.publishBurst(100, List.of("later"));
        for (int start = 0; start < 2; start++) {
            try (LogCapture log = new LogCapture();
                    OutboxConsumer consumer = Scene.started(
                            scene.consumer(new RecordingHandlers()).passOverGoneEvents(true))) {
                scene.effects().awaitCount(200);
                long gone = start == 0 ? 128 : 0;
                await().untilAsserted(() -> assertThat(consumer.status().partitions())
                        .allSatisfy(partition ->
                                assertThat(partition.goneMessages()).isEqualTo(gone)));
                assertThat(log.lines())
                        .filteredOn(line -> line.startsWith("WARN"))
                        .hasSize(start == 0 ? 1 : 0)
                        .allMatch(line -> line.contains("128 messages (of all partitions, sequences 101 to 228) gone"));
            }
        }
        assertThat(scene.effects().count()).isEqualTo(200);
    }

    @Test
    void whatTheLimitsRemoveAfterItWasHandledStopsNobody() throws Exception {
        relay.publishBurst(100, ACCOUNTS);
        handle(100);
        relay.stream().change(stream -> stream.maxMessages(10).build());
        await().until(() -> relay.stream().state().getFirstSequence() == 91);
        handle(100);
        relay.stream().management().deleteMessage(relay.stream().name(), 95);
        relay.publishBurst(5, ACCOUNTS);
        handle(105);
        purge(PurgeOptions.builder().keep(0).build());
        handle(105);
        relay.publishBurst(5, List.of("b"));
        handle(110);
        scene.effects().assertEachOnceInOrder(110);
    }

    @Test
    void aConsumerThatKeepsUpWithATinyStreamIsNotStopped() {
        relay.stream().change(stream -> stream.maxMessages(3).build());
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            for (int i = 1; i <= 200; i++) {
                relay.publish(ACCOUNTS.get(i % ACCOUNTS.size()));
                scene.effects().awaitCount(i);
            }
            assertThat(consumer.status().waiting()).isNull();
        }
        handle(200);
        scene.effects().assertEachOnceInOrder(200);
    }

    @Test
    void theCheckpointOfAPartitionWithoutEventsFollowsTheStream() {
        relay.publishBurst(3, List.of("a"));
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            scene.effects().awaitCount(3);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(consumer.status().partitions())
                            .allSatisfy(partition ->
                                    assertThat(partition.sequence()).isEqualTo(3)));
            relay.publish("a");
            scene.effects().awaitCount(4);
        }
        assertThat(scene.effects().query("SELECT count(*), min(stream_sequence) FROM inbox.checkpoint"))
                .containsExactly("16|4");
    }

    @Test
    void aNewConsumerStartsAtTheOldestMessageThatThereIs() {
        relay.publishBurst(100, ACCOUNTS);
        purge(PurgeOptions.builder().keep(0).build());
        relay.publishBurst(10, List.of("a"));
        handle(10);
        scene.effects().assertEachOnceInOrder(10);
    }

    private void purge(PurgeOptions options) {
        try {
            relay.stream().management().purgeStream(relay.stream().name(), options);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertRefusedAndGoesOnWhenAccepted(int handled, String what, int afterwards) {
        try (LogCapture log = new LogCapture();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            Choices.await(consumer, Waiting.Reason.MESSAGES_GONE);
            await().untilAsserted(() ->
                    assertThat(consumer.status().waiting().message()).contains(what, "16 of 16 partitions wait"));
            assertThat(scene.effects().count()).isEqualTo(handled);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains("purged, deleted or expired");
            Choices.accept(consumer, scene.effects());
            scene.effects().awaitCount(afterwards);
        }
        handle(afterwards);
        assertThat(scene.effects().count()).isEqualTo(afterwards);
    }

    private void handle(int upTo) {
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            scene.effects().awaitCount(upTo);
            await().untilAsserted(() -> {
                assertThat(consumer.status().waiting()).isNull();
                assertThat(consumer.status().partitions())
                        .allSatisfy(partition -> assertThat(partition.waiting()).isNull());
            });
        }
    }
}
