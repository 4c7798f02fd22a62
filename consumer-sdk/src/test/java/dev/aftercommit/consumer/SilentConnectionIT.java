package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.nats.client.JetStreamManagement;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections on which nothing comes through any more, as when a cable is pulled, and locks that are not given up. */
@OutboxTest(schema = Effects.Table.class)
final class SilentConnectionIT {
    private final Scene scene;
    private final AccountRelay relay;
    private final NetworkLink toPostgres;
    private final NetworkLink toNats;
    private final HikariDataSource pool;

    SilentConnectionIT(OutboxFixture fixture) throws IOException {
        scene = Scene.of(fixture);
        relay = scene.relay();
        URI database = URI.create(scene.jdbcUrl().substring("jdbc:".length()));
        toPostgres = new NetworkLink(database.getPort());
        toNats = new NetworkLink(URI.create(scene.natsUrl()).getPort());
        pool = Effects.pool(scene.jdbcUrl().replace(":" + database.getPort() + "/", ":" + toPostgres.port() + "/"), 20);
    }

    @AfterEach
    void close() {
        toPostgres.close();
        toNats.close();
        pool.close();
        relay.close();
        scene.close();
    }

    /** At the end of a transaction in one partition, and in another one when its checkpoint is read. */
    @Test
    void thoseOfWorkersAreGivenUpWithinHalfAMinute() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        class Cutting extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                if (!event.account().equals("a") && cut.getCount() > 0) {
                    toPostgres.line().cut();
                    cut.countDown();
                }
            }
        }
        AtomicBoolean armed = new AtomicBoolean();
        AtomicReference<Integer> reading = new AtomicReference<>();
        DataSource cutting = WorkersDataSource.of(scene.effects().dataSource(), pool, partition -> {
            if (armed.compareAndSet(true, false)) {
                reading.set(partition);
                uninterrupted(cut);
            }
        });
        try (OutboxConsumer consumer =
                Scene.started(scene.consumer(new Cutting()).dataSource(cutting))) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            armed.set(true);
            JetStreamManagement management = relay.stream().management();
            for (String name : management.getConsumerNames(relay.stream().name())) {
                management.deleteConsumer(relay.stream().name(), name);
            }
            await().until(() -> reading.get() != null);
            int ending = relay.publish(accountOutside(reading.get())).partition();

            within30Seconds().untilAsserted(() -> {
                assertThat(waiting(consumer, ending)).isEqualTo(Waiting.Reason.DATABASE_UNAVAILABLE);
                assertThat(waiting(consumer, reading.get())).isEqualTo(Waiting.Reason.DATABASE_UNAVAILABLE);
            });
            PartitionStatus status = consumer.status().partitions().get(ending);
            assertThat(status.transactionAge()).isNull();
            assertThat(status.lag()).isNotNull();
            assertThat(status.lag().events()).isOne();
            assertThat(status.lag().age()).isGreaterThan(Duration.ofSeconds(5));
            assertThat(consumer.status().health().verdict()).isEqualTo(ConsumerHealth.Verdict.WAITING);

            toPostgres.line().mend();
            relay.publish("a");
            scene.effects().awaitCount(3);
            await().untilAsserted(() -> assertThat(consumer.status().lag()).isEqualTo(Lag.NONE));
        }
        scene.effects().assertEachOnceInOrder(3);
    }

    private String accountOutside(int partition) {
        return AccountRelay.accounts(50).stream()
                .filter(account ->
                        relay.envelope(new AccountCreated(account, 0)).partition() != partition)
                .findFirst()
                .orElseThrow();
    }

    private static Waiting.@Nullable Reason waiting(OutboxConsumer consumer, int partition) {
        Waiting waiting = consumer.status().partitions().get(partition).waiting();
        return waiting == null ? null : waiting.reason();
    }

    private static void uninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void thatOfTheLocksIsGivenUpAndThePartitionsWithIt() {
        try (OutboxConsumer consumer =
                Scene.started(scene.consumer(new RecordingHandlers()).dataSource(pool))) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            toPostgres.line().cut();
            within30Seconds().untilAsserted(() -> {
                assertThat(consumer.status().ownedPartitions()).isZero();
                assertThat(consumer.status().waiting()).isNotNull();
                assertThat(consumer.status().waiting().reason()).isEqualTo(Waiting.Reason.DATABASE_UNAVAILABLE);
            });
            toPostgres.line().mend();
            relay.publish("a");
            scene.effects().awaitCount(2);
        }
        scene.effects().assertEachOnceInOrder(2);
    }

    @Test
    void onesToNatsAreGivenUpWithinHalfAMinute() {
        try (OutboxConsumer consumer =
                Scene.started(scene.consumer(new RecordingHandlers()).nats("nats://localhost:" + toNats.port()))) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            toNats.line().cut();
            relay.publish("a");
            within30Seconds()
                    .untilAsserted(() ->
                            assertThat(consumer.status().health().verdict()).isEqualTo(ConsumerHealth.Verdict.WAITING));
            toNats.line().mend();
            scene.effects().awaitCount(2, Duration.ofSeconds(30));
        }
        scene.effects().assertEachOnceInOrder(2);
    }

    /** The server answers that it waits, so it is not silent; and it is no attempt of the handler. */
    @Test
    void aCheckpointThatSomebodyElseHasLockedIsWaitedForAndSaidToBe() throws SQLException {
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers());
                Connection somebody = scene.effects().dataSource().getConnection()) {
            int partition = relay.publish("a").partition();
            scene.effects().awaitCount(1);
            somebody.setAutoCommit(false);
            try (Statement statement = somebody.createStatement()) {
                statement.execute("SELECT FROM inbox.checkpoint FOR UPDATE");
            }
            relay.publish("a");
            within30Seconds()
                    .untilAsserted(() -> assertThat(consumer.status()
                                    .partitions()
                                    .get(partition)
                                    .waiting())
                            .isNotNull()
                            .satisfies(waiting ->
                                    assertThat(waiting.message()).contains("is locked by another transaction")));
            somebody.rollback();
            scene.effects().awaitCount(2);
            assertThat(consumer.status().partitions().get(partition).failedAttempts())
                    .isZero();
        }
        scene.effects().assertEachOnceInOrder(2);
    }

    private static ConditionFactory within30Seconds() {
        return await().atMost(Duration.ofSeconds(30));
    }
}
