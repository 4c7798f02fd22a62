package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.nats.client.JetStreamManagement;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A broker that goes away, comes back, or does not do its duty. It is this class's own. */
@OutboxTest(schema = Effects.Table.class)
final class BrokerIT {
    private final NatsServer nats =
            NatsServer.builder().config("max_payload: 8388608").start();
    private final Scene scene;

    BrokerIT(OutboxFixture fixture) {
        scene = Scene.of(fixture, nats.url());
    }

    @AfterEach
    void close() {
        scene.close();
        nats.close();
    }

    @Test
    void afterAKillOfTheServerTheNextEventIsHandledWithinTwoSeconds() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            for (int round = 2; round <= 4; round++) {
                nats.kill();
                await().until(() -> !consumer.status().connected());
                nats.startAgain();
                relay.publish("a");
                long start = System.nanoTime();
                scene.effects().awaitCount(round, Duration.ofSeconds(2));
                System.out.printf(
                        "broker killed and back: the next event was handled %d ms after it was stored%n",
                        (System.nanoTime() - start) / 1_000_000);
            }
            scene.effects().assertEachOnceInOrder(4);
        }
    }

    @Test
    void aDeletedJetStreamConsumerIsReplacedAtOnce() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            JetStreamManagement management = relay.stream().management();
            for (String name : management.getConsumerNames(relay.stream().name())) {
                management.deleteConsumer(relay.stream().name(), name);
            }
            relay.publish("a");
            scene.effects().awaitCount(2, Duration.ofSeconds(2));
            assertThat(consumer.status().ownedPartitions()).isEqualTo(AccountRelay.PARTITIONS);
        }
    }

    /** Somebody else pulls on the consumer, so that messages go there which this one never sees. */
    @Test
    void messagesThatDoNotArriveAreNoticedAndFetchedAgain() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            Subscription stolen = relay.connection().subscribe("stolen");
            for (String name :
                    relay.stream().management().getConsumerNames(relay.stream().name())) {
                relay.connection()
                        .publish(
                                "$JS.API.CONSUMER.MSG.NEXT." + relay.stream().name() + '.' + name,
                                "stolen",
                                "{\"batch\":2}".getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < 20; i++) {
                relay.publish("a");
            }
            assertThat(stolen.nextMessage(Duration.ofSeconds(5))).isNotNull();
            scene.effects().awaitCount(21, Duration.ofSeconds(3));
            scene.effects().assertEachOnceInOrder(21);
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    /** A paused JetStream consumer (from 2.11 on) is one that is alive, sends its heartbeats and delivers nothing. */
    @Test
    void aJetStreamConsumerThatDeliversNothingIsReplaced() throws Exception {
        assumeThat(nats.version()).doesNotStartWith("2.10.");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            JetStreamManagement management = relay.stream().management();
            List<String> before = management.getConsumerNames(relay.stream().name());
            for (String name : before) {
                management.pauseConsumer(
                        relay.stream().name(),
                        name,
                        ZonedDateTime.now(ZoneOffset.UTC).plusHours(1));
            }
            relay.publish("a");
            scene.effects().awaitCount(2, Duration.ofSeconds(20));
            scene.effects().assertEachOnceInOrder(2);
            assertThat(consumer.status().connected()).isTrue();
            assertThat(management.getConsumers(relay.stream().name()))
                    .extracting(ConsumerInfo::getName)
                    .isNotEqualTo(before);
        }
    }

    @Test
    void eventsOfAnySizeAreReadWithinBounds() {
        String filler = "x".repeat(900_000);
        try (AccountRelay relay = scene.relay()) {
            for (int i = 1; i <= 40; i++) {
                AccountCreated event = new AccountCreated("a", i);
                String text = i == 20 ? filler.repeat(6) : filler;
                relay.publish(
                        relay.envelope(event), "{\"account\":\"a\",\"number\":" + i + ",\"filler\":\"" + text + "\"}");
            }
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                scene.effects().awaitCount(40);
                assertThat(consumer.status().connected()).isTrue();
            }
            scene.effects().assertEachOnceInOrder(40);
        }
    }

    @Test
    void aLoginThatIsRefusedForAWhileDoesNotEndTheConsumer() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            nats.kill();
            try (NatsServer strict = NatsServer.builder()
                    .port(nats.port())
                    .config("authorization { user: somebody, password: else }")
                    .start()) {
                await().untilAsserted(() -> {
                    assertThat(strict.port()).isEqualTo(nats.port());
                    assertThat(consumer.status().waiting()).isNotNull();
                    assertThat(consumer.status().waiting().message()).contains("refuses the login");
                });
            }
            nats.startAgain();
            await().atMost(Duration.ofSeconds(10)).until(() -> consumer.status().connected());
            try (AccountRelay again = new AccountRelay(nats.url(), scene.source())) {
                EventEnvelope event = again.envelope(new AccountCreated("b", 1));
                again.publish(event, "{\"account\":\"b\",\"number\":1}");
                scene.effects().awaitCount(2);
            }
            scene.effects().assertEachOnceInOrder(2);
        }
    }
}
