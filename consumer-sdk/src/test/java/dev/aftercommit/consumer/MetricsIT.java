package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.micrometer.OutboxConsumerMetrics;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer's metrics under the names that the reference lists and dashboards use. */
@OutboxTest(schema = Effects.Table.class)
final class MetricsIT {
    private final Scene scene;

    MetricsIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private static final class Failing extends RecordingHandlers {
        @Override
        void after(AccountCreated event) {
            if (event.account().equals("bad")) {
                throw new IllegalStateException();
            }
        }
    }

    @AfterEach
    void close() {
        scene.close();
        registry.close();
    }

    @Test
    void whatAConsumerDoesIsCountedAndWhatItIsDoingIsShown() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        scene.consumer(new Failing()).attempts(2).build();
                OutboxConsumerMetrics metrics = new OutboxConsumerMetrics(consumer)) {
            metrics.bindTo(registry);
            assertThat(value("handled_total")).isZero();
            assertThat(value("failed_total", "outcome=\"dead\"")).isZero();

            consumer.start();
            int partition = relay.publish("good").partition();
            relay.publish("good");
            relay.publish("bad");
            await().untilAsserted(() -> {
                assertThat(value("handled_total")).isEqualTo(2);
                assertThat(value("failed_total", "outcome=\"retrying\"")).isOne();
                assertThat(value("failed_total", "outcome=\"dead\"")).isOne();
                assertThat(value("parked", "state=\"dead\"")).isOne();
            });
            assertThat(value("commit_to_handled_seconds_count")).isEqualTo(2);
            assertThat(value("commit_to_handled_seconds_bucket", "le=\"5.0\"")).isEqualTo(2);
            assertThat(value("batch_events_sum")).isEqualTo(3);
            assertThat(value("connected")).isOne();
            assertThat(value("partitions_owned")).isEqualTo(AccountRelay.PARTITIONS);
            assertThat(value("waiting", "reason=\"database-unavailable\"")).isZero();
            assertThat(value("transaction_age_seconds")).isZero();
            String name = String.format("partition=\"%02d\"", partition);
            assertThat(value("lag_events", name)).isZero();
            assertThat(value("lag_age_seconds", name)).isZero();

            relay.publishAllAgain();
            await().untilAsserted(() -> assertThat(value("skipped_total")).isEqualTo(3));

            consumer.close();
            assertThat(registry.scrape()).doesNotContain("outbox_consumer_lag").contains("outbox_consumer_handled");
        }
        assertThat(registry.scrape()).doesNotContain("outbox_consumer");
    }

    private double value(String name, String... labels) {
        StringBuilder pattern = new StringBuilder("(?m)^outbox_consumer_" + name + "\\{consumer=\"directory\"");
        for (String label : labels) {
            pattern.append("[^}]*").append(Pattern.quote(label));
        }
        Matcher line = Pattern.compile(pattern + "[^}]*} (\\S+)$").matcher(registry.scrape());
        assertThat(line.find()).as("%s in\n%s", pattern, registry.scrape()).isTrue();
        return Double.parseDouble(line.group(1));
    }
}
