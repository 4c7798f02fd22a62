package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.DatabaseSchema;
import dev.aftercommit.testkit.HandlerFuzz;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The test kit finds handlers that are wrong, and lets those pass that are right. */
@OutboxTest(schema = HandlerFuzzIT.Table.class)
final class HandlerFuzzIT {
    private static final String TOTALS = "SELECT account, total FROM total ORDER BY account";

    private final OutboxFixture fixture;

    HandlerFuzzIT(OutboxFixture fixture) {
        this.fixture = fixture;
    }

    static final class Table implements DatabaseSchema {
        @Override
        public void create(DataSource database) {
            Sql.execute(database, "CREATE TABLE total (account text PRIMARY KEY, total int)");
        }
    }

    /** All that a handler does is in its transaction. */
    static class Adding {
        @Handles(AccountCreated.class)
        void on(AccountCreated event, Connection tx) throws SQLException {
            execute(
                    tx,
                    "INSERT INTO total VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET total = total.total + excluded.total",
                    event.account(),
                    event.number());
        }
    }

    /** What it has seen in a transaction that was rolled back it has seen all the same. */
    static final class CountingInMemory {
        private final Map<String, Integer> totals = new ConcurrentHashMap<>();

        @Handles(AccountCreated.class)
        void on(AccountCreated event, Connection tx) throws SQLException {
            int total = totals.merge(event.account(), event.number(), Integer::sum);
            execute(
                    tx,
                    "INSERT INTO total VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET total = excluded.total",
                    event.account(),
                    total);
        }
    }

    /** Nobody promises the order of different accounts. */
    static final class Ranking {
        @Handles(AccountCreated.class)
        void on(AccountCreated event, Connection tx) throws SQLException {
            execute(
                    tx,
                    "INSERT INTO total SELECT ?, count(*) + ? * 0 FROM total ON CONFLICT DO NOTHING",
                    event.account(),
                    event.number());
        }
    }

    /** It refuses all there is. */
    static final class Failing {
        @Handles(AccountCreated.class)
        void on(AccountCreated event) {
            if (event.number() > 0) {
                throw new TerminalException("never");
            }
        }
    }

    /** It throws until what it needs is there, and then it is tried again. */
    static final class NeedingAnother extends Adding {
        @Override
        @Handles(AccountCreated.class)
        void on(AccountCreated event, Connection tx) throws SQLException {
            if (event.account().equals("b")) {
                execute(tx, "DO $$ BEGIN PERFORM 1 / (SELECT count(*) FROM total WHERE account = 'a'); END $$");
            }
            super.on(event, tx);
        }
    }

    @Test
    void handlersThatDoEverythingInTheirTransactionPass() {
        long start = System.nanoTime();
        fuzz(Adding::new).runs(8).run();
        System.out.printf("HandlerFuzz: 8 schedules of 6 events in %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    @Test
    void handlersThatWaitForAnotherAggregateByTryingAgainPass() {
        fuzz(NeedingAnother::new).runs(3).run();
    }

    @Test
    void aHandlerThatCountsInMemoryIsFoundAndFewEventsAndOneFaultAreLeft() {
        assertThat(failure(fuzz(CountingInMemory::new)))
                .contains("What the handlers do depends on how events reach them")
                .containsPattern(
                        "found:(\\n  \\d\\. AccountCreated of account/.){0,2}.*   <- [a-z ]+ before the commit\n")
                .containsPattern("only in order: (.)\\|\\d+\n  only here: \\1\\|\\d+\n")
                .contains("Play it again: seed(");
    }

    @Test
    void aHandlerThatDependsOnTheOrderOfAggregatesIsFoundAndTwoEventsAreLeft() {
        String found = failure(fuzz(Ranking::new));
        assertThat(found)
                .containsPattern(
                        "found:\n  \\d\\. AccountCreated of account/.\n  \\d\\. AccountCreated of account/.\nleads");
    }

    @Test
    void handlersThatFailInOrderAreSaidToDoSo() {
        assertThat(failure(fuzz(Failing::new)))
                .contains(
                        "Already in order", "AccountCreated of account/a is dead after 1 attempt", "TerminalException");
    }

    private static String failure(HandlerFuzz fuzz) {
        return catchThrowableOfType(AssertionError.class, fuzz::run).getMessage();
    }

    private HandlerFuzz fuzz(Supplier<Object> handlers) {
        return fixture.fuzz()
                .consumer((database, nats, source) -> Scene.started(OutboxConsumer.builder()
                        .name("totals")
                        .source(source)
                        .dataSource(database)
                        .nats(nats)
                        .backoff(new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)))
                        .handlers(handlers.get())))
                .events(
                        new AccountCreated("a", 1),
                        new AccountCreated("b", 10),
                        new AccountCreated("a", 2),
                        new AccountCreated("c", 100),
                        new AccountCreated("b", 20),
                        new AccountCreated("a", 3))
                .comparing(TOTALS);
    }

    private static void execute(Connection tx, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = tx.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
