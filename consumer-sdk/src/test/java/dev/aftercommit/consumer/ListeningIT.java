package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.spi.Commit;
import dev.aftercommit.consumer.spi.ConsumerListener;
import dev.aftercommit.consumer.spi.FailedAttempt;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What listeners are told, and that they cannot harm a consumer. */
@OutboxTest(schema = Effects.Table.class)
final class ListeningIT {
    private final Scene scene;

    ListeningIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    private final Told told = new Told();

    /** Writes down what it is told as {@code <what> <account or partition>}. */
    private final class Told implements ConsumerListener {
        private final Queue<String> all = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean uncommitted = new AtomicBoolean();

        @Override
        public void committed(Commit commit) {
            for (EventEnvelope event : commit.handled()) {
                all.add("handled " + event.aggregateId());
                if (scene.effects()
                        .query("SELECT 1 FROM effect WHERE event_id = '" + event.eventId() + "'")
                        .isEmpty()) {
                    uncommitted.set(true);
                }
            }
            commit.parked().forEach(event -> all.add("parked " + event.aggregateId()));
        }

        @Override
        public void failed(FailedAttempt attempt) {
            all.add((attempt.isDead() ? "dead " : "failed ")
                    + attempt.event().aggregateId()
                    + ' '
                    + attempt.attempt()
                    + ' '
                    + attempt.failure().getMessage());
        }

        @Override
        public void skipped(int partition, int messages) {
            all.add("skipped " + messages);
        }

        @Override
        public void partitionChanged(PartitionStatus now) {
            if (now.partition() == 0) {
                all.add(now.owned() ? "owned 0" : "let go 0");
            }
        }
    }

    /** Fails on the first two attempts at account "twice", and for ever on "never". */
    private static final class Failing extends RecordingHandlers {
        private int attempts;

        @Override
        void after(AccountCreated event) {
            if (event.account().equals("never") || (event.account().equals("twice") && attempts++ < 2)) {
                throw new IllegalStateException("no");
            }
        }
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void listenersAreToldAfterTheCommitAndWhatTheyThrowIsIgnored() {
        try (AccountRelay relay = scene.relay();
                LogCapture log = new LogCapture();
                OutboxConsumer consumer =
                        scene.consumer(new Failing()).attempts(3).build()) {
            consumer.addListener(new Harmful());
            consumer.addListener(told);
            consumer.start();
            relay.publish("twice");
            await().until(() -> told.all.contains("failed twice 1 no")); // not in one batch with the other
            relay.publish("never");
            await().untilAsserted(() -> assertThat(told.all).contains("handled twice", "dead never 3 no"));
            relay.publish("never");
            await().untilAsserted(() ->
                    assertThat(told.all.stream().filter("parked never"::equals)).hasSize(2));
            relay.publish("well");
            await().until(() -> told.all.contains("handled well"));
            relay.publishAllAgain();
            await().untilAsserted(() -> assertThat(told.all.stream().filter(what -> what.startsWith("skipped")))
                    .isNotEmpty());

            assertThat(told.all.stream().filter(what -> what.endsWith("twice") || what.contains(" twice ")))
                    .containsExactly("parked twice", "failed twice 1 no", "failed twice 2 no", "handled twice");
            assertThat(told.all.stream().filter(what -> what.contains("never")))
                    .containsExactly(
                            "parked never",
                            "failed never 1 no",
                            "failed never 2 no",
                            "dead never 3 no",
                            "parked never");
            assertThat(told.uncommitted).isFalse();
            consumer.close();
            assertThat(told.all).contains("owned 0").endsWith("let go 0");
            assertThat(log.lines().stream().filter(line -> line.contains("has thrown java.lang.AssertionError")))
                    .hasSize(1);
        }
        scene.effects().assertEachOnceInOrder(2);
    }

    /** Throws whatever it is told, and interrupts the thread. */
    private static final class Harmful implements ConsumerListener {
        @Override
        public void committed(Commit commit) {
            harm();
        }

        @Override
        public void failed(FailedAttempt attempt) {
            harm();
        }

        @Override
        public void partitionChanged(PartitionStatus now) {
            harm();
        }

        private static void harm() {
            Thread.currentThread().interrupt();
            throw new AssertionError("a listener of somebody who does not know what he does");
        }
    }

    @Test
    void oneThatWasRemovedIsToldNothing() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            consumer.addListener(told);
            relay.publish("a");
            await().until(() -> told.all.contains("handled a"));
            consumer.removeListener(told);
            List<String> before = List.copyOf(told.all);
            relay.publish("a");
            scene.effects().awaitCount(2);
            assertThat(told.all).containsExactlyElementsOf(before);
        }
    }
}
