package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.awaitility.Awaitility;

/** What a consumer that does not go on by itself says, and doing what it says. */
final class Choices {
    private Choices() {}

    /** Every partition that waits does so for this reason, and at least one does; the consumer says so as a whole. */
    static Waiting await(OutboxConsumer consumer, Waiting.Reason reason) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(waiting(consumer))
                    .isNotEmpty()
                    .allSatisfy(waiting -> assertThat(waiting.reason()).isEqualTo(reason));
            assertThat(consumer.status().waiting()).isNotNull();
            assertThat(consumer.status().waiting().reason()).isEqualTo(reason);
        });
        return Objects.requireNonNull(consumer.status().waiting());
    }

    /** The same of every partition: each looks by itself. */
    static void awaitInAll(OutboxConsumer consumer, Waiting.Reason reason, int partitions) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(waiting(consumer))
                        .hasSize(partitions)
                        .allSatisfy(waiting -> assertThat(waiting.reason()).isEqualTo(reason)));
    }

    /** Runs the statements that the consumer offers, as an operator would, until nothing waits any more. */
    static void accept(OutboxConsumer consumer, Effects effects) {
        Set<String> done = new HashSet<>();
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            waiting(consumer).stream().map(Choices::statement).filter(done::add).forEach(effects::execute);
            assertThat(waiting(consumer)).isEmpty();
        });
    }

    static String statement(Waiting waiting) {
        return waiting.message().substring(waiting.message().lastIndexOf("run: ") + "run: ".length());
    }

    private static List<Waiting> waiting(OutboxConsumer consumer) {
        return consumer.status().partitions().stream()
                .map(PartitionStatus::waiting)
                .filter(Objects::nonNull)
                .toList();
    }
}
