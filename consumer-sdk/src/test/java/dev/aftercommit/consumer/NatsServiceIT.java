package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What NATS' tools see of a consumer. */
@OutboxTest(schema = Effects.Table.class)
final class NatsServiceIT {
    private final Scene scene;

    NatsServiceIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void eachInstanceShowsItsPartitionsAndItsLag() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer one =
                        Scene.started(scene.consumer(new RecordingHandlers()).natsService(true));
                OutboxConsumer two =
                        Scene.started(scene.consumer(new RecordingHandlers()).natsService(true))) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            await().until(() -> one.status().ownedPartitions() == AccountRelay.PARTITIONS / 2
                    && two.status().ownedPartitions() == AccountRelay.PARTITIONS / 2);

            List<JsonValue> instances = instances(relay);
            assertThat(instances).hasSize(2).allSatisfy(instance -> {
                Map<String, JsonValue> data = data(instance);
                assertThat(data.get("lag_events").toJson()).isEqualTo("0");
                assertThat(data.get("health").string).isEqualTo("UP");
                assertThat(data.get("owned").array).hasSize(AccountRelay.PARTITIONS / 2);
            });
            assertThat(instances.stream()
                            .mapToLong(instance ->
                                    Long.parseLong(data(instance).get("handled").toJson()))
                            .sum())
                    .isOne();
            String subject = endpoint(instances.getFirst()).get("subject").string;
            JsonValue answer = JsonParser.parse(relay.connection()
                    .request(subject, new byte[0], Duration.ofSeconds(5))
                    .getData());
            assertThat(answer.map.get("consumer").string).isEqualTo("directory");
        }
    }

    @Test
    void nobodyIsShownUnasked() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            assertThat(consumer.status().connected()).isTrue();
            assertThat(instances(relay)).isEmpty();
        }
    }

    /** As the nats command asks: whoever answers within half a second. */
    private List<JsonValue> instances(AccountRelay relay) throws Exception {
        Connection connection = relay.connection();
        String inbox = connection.createInbox();
        Subscription answers = connection.subscribe(inbox);
        connection.publish("$SRV.STATS.outbox-consumer", inbox, new byte[0]);
        List<JsonValue> instances = new ArrayList<>();
        Message next = answers.nextMessage(Duration.ofSeconds(2));
        while (next != null) {
            if (!next.isStatusMessage()) {
                instances.add(JsonParser.parse(next.getData()));
            }
            next = answers.nextMessage(Duration.ofMillis(500));
        }
        answers.unsubscribe();
        return instances.stream()
                .filter(instance ->
                        scene.source().equals(instance.map.get("metadata").map.get("source").string))
                .toList();
    }

    private static Map<String, JsonValue> endpoint(JsonValue instance) {
        return instance.map.get("endpoints").array.getFirst().map;
    }

    private static Map<String, JsonValue> data(JsonValue instance) {
        return endpoint(instance).get("data").map;
    }
}
