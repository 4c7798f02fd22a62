package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import io.nats.client.PurgeOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Servers.class)
final class RecreatedStreamIT {
    private static final List<String> ACCOUNTS = Servers.accounts(20);

    private final Servers.Scene scene = Servers.scene();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aStreamRecreatedWhileTheConsumerIsAwayIsResumedByPosition() {
        try (TestRelay relay = scene.relay();
                LogCapture log = new LogCapture()) {
            relay.publishBurst(500, ACCOUNTS);
            handle(500);
            relay.publishBurst(100, ACCOUNTS);
            relay.deleteStream();
            relay.createStream(TestRelay.PARTITIONS);
            relay.publishAllAgain();
            relay.publishBurst(100, ACCOUNTS);
            handle(700);
            scene.effects().assertEachOnceInOrder(700);
            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("was recreated"));
        }
    }

    @Test
    void aStreamRecreatedUnderARunningConsumerIsResumedByPosition() {
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publishBurst(500, ACCOUNTS);
            scene.effects().awaitCount(500);
            relay.deleteStream();
            await().untilAsserted(() -> assertThat(consumer.status().partitions())
                    .allSatisfy(partition -> assertThat(partition.waiting()).isNotNull()));
            relay.createStream(TestRelay.PARTITIONS);
            relay.publishAllAgain();
            relay.publishBurst(200, ACCOUNTS);
            scene.effects().awaitCount(700);
            scene.effects().assertEachOnceInOrder(700);
        }
    }

    /** Fewer messages than before, so that the checkpoints' sequences are beyond the new stream's end, then inside. */
    @Test
    void aStreamRecreatedWithoutItsHistoryIsResumedByPosition() {
        try (TestRelay relay = scene.relay()) {
            relay.publishBurst(500, ACCOUNTS);
            handle(500);
            relay.deleteStream();
            relay.createStream(TestRelay.PARTITIONS);
            relay.publishBurst(100, ACCOUNTS);
            handle(600);
            relay.publishBurst(1_000, ACCOUNTS);
            handle(1_600);
            scene.effects().assertEachOnceInOrder(1_600);
        }
    }

    /** As after a restored backup: the same stream, sequences that mean other messages now. */
    @Test
    void aStreamWhoseSequencesGotOtherMessagesIsResumedByPosition() {
        try (TestRelay relay = scene.relay();
                LogCapture log = new LogCapture()) {
            EventEnvelope first = relay.publish("a");
            handle(1);
            relay.publish("a");
            scene.effects().execute("UPDATE inbox.checkpoint SET stream_sequence = 2");
            relay.publish("a");
            handle(3);
            scene.effects().assertEachOnceInOrder(3);
            assertThat(log.lines()).anyMatch(line -> line.contains("has lost messages and got others"));
            assertThat(first.partition()).isNotNegative();
        }
    }

    @Test
    void aStreamThatLostItsTailIsResumedByPosition() {
        try (TestRelay relay = scene.relay();
                LogCapture log = new LogCapture()) {
            relay.publish("a");
            handle(1);
            scene.effects().execute("UPDATE inbox.checkpoint SET stream_sequence = 1000");
            relay.publish("a");
            handle(2);
            scene.effects().assertEachOnceInOrder(2);
            assertThat(log.lines()).anyMatch(line -> line.contains("has lost messages (its last sequence is 2"));
        }
    }

    @Test
    void aStreamRecreatedWithOtherPartitionsIsRefusedAndNothingIsHandled() {
        try (TestRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            handle(100);
            relay.deleteStream();
            relay.createStream(8);
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

    @Test
    void messagesThatTheStreamNoLongerHoldsDoNotStopTheRest() throws Exception {
        try (TestRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            handle(100);
            relay.management()
                    .purgeStream(relay.stream(), PurgeOptions.builder().keep(0).build());
            relay.publishBurst(100, ACCOUNTS);
            handle(200);
            scene.effects().assertEachOnceInOrder(200);
        }
    }

    private void handle(int upTo) {
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            scene.effects().awaitCount(upTo);
            assertThat(consumer.status().state()).isEqualTo(ConsumerStatus.State.RUNNING);
        }
    }
}
