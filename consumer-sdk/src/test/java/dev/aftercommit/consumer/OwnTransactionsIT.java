package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Transactions on connections of the data source. */
final class OwnTransactionsIT extends TransactionConducts {
    private final RecordingHandlers recording = new RecordingHandlers();

    OwnTransactionsIT(OutboxFixture fixture) {
        super(fixture);
    }

    @Override
    OutboxConsumerBuilder carried(OutboxConsumerBuilder consumer) {
        return consumer;
    }

    @Override
    void write(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
        recording.on(event, envelope, tx);
    }

    @Override
    Map<String, Conduct> more() {
        return Map.of();
    }

    @Test
    void amongParkedEventsTheOneThatIsRefusedAtTheCommitIsFoundByTryingEachAlone() {
        AtomicBoolean held = new AtomicBoolean(true);
        List<Integer> calls = new CopyOnWriteArrayList<>();
        class SixthIsRefused extends RecordingHandlers {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                calls.add(event.number());
                if (held.get()) {
                    throw new IllegalStateException();
                }
                super.on(event, envelope, tx);
                if (event.number() == 6) {
                    execute(tx, "INSERT INTO at_commit VALUES ('refuse')");
                }
            }
        }
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new SixthIsRefused()).attempts(1_000))) {
            relay.publishBurst(10, List.of("a"));
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(1, 9, 0)));
            held.set(false);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(1, 4, 0)));
            assertThat(scene.effects().numbersOf("a")).containsExactly(1, 2, 3, 4, 5);
            assertThat(List.of(2, 3, 4, 5))
                    .allSatisfy(number -> assertThat(Collections.frequency(calls, number))
                            .as("once with those behind, once alone")
                            .isEqualTo(2));
            assertThat(calls).containsOnlyOnce(7, 8, 9, 10);
        }
    }
}
