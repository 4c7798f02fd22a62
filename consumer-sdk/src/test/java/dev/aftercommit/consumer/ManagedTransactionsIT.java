package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** What the consumer does with a transaction that a manager carries. */
@OutboxTest(schema = Effects.Table.class)
final class ManagedTransactionsIT {
    private final Scene scene;
    private final DataSource dataSource;
    private final SpringTransactions spring;

    ManagedTransactionsIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
        dataSource = scene.effects().dataSource();
        spring = new SpringTransactions(new JdbcTransactionManager(dataSource), dataSource);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void itIsCutOffFromOutsideWhileAHandlerWaitsForTheDatabase() {
        Transactions transactions = new Transactions(dataSource, spring);
        CompletableFuture<Outcome<String>> outcome =
                CompletableFuture.supplyAsync(() -> transactions.handle(transaction -> {
                    try (var statement = transaction.connection().createStatement()) {
                        statement.execute("INSERT INTO effect (account) VALUES ('cut off'); SELECT pg_sleep(60)");
                    }
                    return "passed";
                }));
        await().until(
                        () -> scene.effects()
                                .query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                                .getFirst(),
                        "1"::equals);
        transactions.abort();
        assertThat(outcome.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Outcome.DatabaseAway.class);
        assertThat(scene.effects().count()).isZero();
    }

    @Test
    void itsIdleTimeIsBounded() {
        class Slow extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                Load.pause(Duration.ofSeconds(1));
            }
        }
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(new Slow())
                        .transactions(spring)
                        .attempts(1)
                        .idleTransactionTimeout(Duration.ofMillis(300)))) {
            relay.publish("slow");
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            assertThat(scene.effects().count()).isZero();
        }
    }
}
