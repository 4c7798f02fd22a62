package dev.aftercommit.consumer;

import static dev.aftercommit.consumer.Conduct.ends;
import static dev.aftercommit.consumer.Conduct.fails;
import static dev.aftercommit.consumer.Conduct.passes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.Conduct.Result;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.LoggerFactory;

/** What handlers may do to their transaction, and what comes of it, whoever carries the transaction. */
@OutboxTest(schema = Effects.Table.class)
abstract class TransactionConducts {
    /** A row refuses the commit, or ends the session in the middle of it. */
    private static final String AT_COMMIT = """
            CREATE TABLE elsewhere (what text);
            CREATE TABLE at_commit (what text);
            CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.what = 'refuse' THEN RAISE EXCEPTION 'refused'; END IF;
              PERFORM pg_terminate_backend(pg_backend_pid());
              RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON at_commit
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
            """;

    private static final List<String> OTHERS = AccountRelay.accounts(30);

    final Scene scene;
    private final Map<String, Conduct> conducts = new HashMap<>();

    TransactionConducts(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    /** The consumer with whoever carries transactions. */
    abstract OutboxConsumerBuilder carried(OutboxConsumerBuilder consumer);

    /** Writes the event's effect as handlers do that know whoever carries transactions. */
    abstract void write(AccountCreated event, EventEnvelope envelope, Connection tx) throws Exception;

    /** What is to be tried beside what can be tried with all of them. */
    abstract Map<String, Conduct> more();

    @BeforeEach
    void prepare() {
        conducts.putAll(withAll());
        conducts.putAll(more());
        scene.effects().execute(AT_COMMIT);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private static Map<String, Conduct> withAll() {
        return Map.ofEntries(
                Map.entry("swallowed error", fails(tx -> swallow(() -> execute(tx, "SELECT 1 / 0")))),
                Map.entry("commit()", fails(Connection::commit)),
                Map.entry("COMMIT", fails(tx -> execute(tx, "COMMIT"))),
                Map.entry("refused commit", fails(tx -> execute(tx, "INSERT INTO at_commit VALUES ('refuse')"))),
                Map.entry("unwrapped commit", ends(tx -> raw(tx).commit())),
                Map.entry("unwrapped rollback", ends(tx -> raw(tx).rollback())),
                Map.entry("unwrapped chain", ends(tx -> execute(raw(tx), "COMMIT AND CHAIN"))),
                Map.entry("unwrapped close", fails(tx -> raw(tx).close())),
                Map.entry("unwrapped commit and throw", ends(tx -> {
                    raw(tx).commit();
                    throw new IllegalStateException();
                })),
                Map.entry(
                        "connection of the metadata",
                        ends(tx -> tx.getMetaData()
                                .getConnection()
                                .unwrap(PgConnection.class)
                                .commit())),
                Map.entry(
                        "connection of a result",
                        ends(tx -> tx.createStatement()
                                .executeQuery("SELECT 1")
                                .getStatement()
                                .getConnection()
                                .unwrap(PgConnection.class)
                                .commit())));
    }

    final class Handlers {
        @Handles(AccountCreated.class)
        void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws Exception {
            write(event, envelope, tx);
            Conduct conduct = conducts.get(event.account());
            if (conduct != null) {
                conduct.action().on(tx);
            }
        }
    }

    @Test
    void whatAHandlerDoesWithItsTransactionIsAMatterOfItsEventAlone() {
        List<String> failing = those(Result.FAILS);
        List<String> passing = those(Result.PASSES);
        try (AccountRelay relay = scene.relay()) {
            List<String> accounts = new ArrayList<>(OTHERS);
            accounts.addAll(failing);
            accounts.addAll(passing);
            Collections.shuffle(accounts);
            relay.publishBurst(2 * accounts.size(), accounts);
            int effects = 2 * (OTHERS.size() + passing.size());
            try (OutboxConsumer consumer = started()) {
                scene.effects().awaitCount(effects);
                await().untilAsserted(() -> assertThat(consumer.status().parked())
                        .isEqualTo(new ParkedCounts(0, failing.size(), failing.size())));
                assertThat(consumer.status().partitions().stream()
                                .mapToLong(PartitionStatus::failedAttempts)
                                .sum())
                        .as("first attempts that failed")
                        .isEqualTo(failing.size());
                assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 100))
                        .allSatisfy(dead -> assertThat(dead.attempts())
                                .as(dead.aggregateId())
                                .isEqualTo(2))
                        .extracting(DeadLetter::aggregateId)
                        .containsExactlyInAnyOrderElementsOf(failing);
            }
            scene.effects().assertEachOnceInOrder(effects);
        }
    }

    /** What it has committed cannot be undone; but nothing is passed over, and it is not done again and again. */
    @Test
    void aTransactionThatAHandlerHasEndedDoesNotCountAndIsNotTriedAgain() {
        List<String> ending = those(Result.ENDS);
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = started();
                LogCapture log = new LogCapture()) {
            for (String name : ending) {
                relay.publish(name);
                await(name)
                        .until(() -> consumer.deadLetters().list(DeadLetterFilter.ALL, 100).stream()
                                .map(DeadLetter::aggregateId)
                                .anyMatch(name::equals));
            }
            relay.publishBurst(OTHERS.size(), OTHERS);
            await().untilAsserted(() -> assertThat(
                            scene.effects().query("SELECT count(*) FROM effect WHERE account LIKE 'account-%'"))
                    .containsExactly("30"));
            assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 100))
                    .hasSize(ending.size())
                    .allSatisfy(letter -> {
                        assertThat(letter.attempts()).as(letter.aggregateId()).isOne();
                        assertThat(letter.error()).as(letter.aggregateId()).contains(TerminalException.class.getName());
                        assertThat(scene.effects().numbersOf(letter.aggregateId()))
                                .as(letter.aggregateId())
                                .hasSizeLessThanOrEqualTo(1);
                    });
            assertThat(consumer.deadLetters().redrive(DeadLetterFilter.ALL)).isEqualTo(ending.size());
            await().untilAsserted(() -> assertThat(log.lines().stream()
                            .filter(line -> line.startsWith("ERROR") && line.contains("Handlers.on(")))
                    .hasSize(2 * ending.size()));
        }
    }

    @Test
    void aConnectionThatIsLostInTheCommitIsNoAttempt() {
        AtomicInteger calls = new AtomicInteger();
        conducts.put("lost", passes(tx -> {
            if (calls.incrementAndGet() == 1) {
                execute(tx, "INSERT INTO at_commit VALUES ('lose')");
            }
        }));
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = started()) {
            int partition = relay.publish("lost").partition();
            scene.effects().awaitCount(1);
            scene.effects().assertEachOnceInOrder(1);
            assertThat(calls).hasValue(2);
            assertThat(consumer.status().partitions().get(partition).failedAttempts())
                    .isZero();
        }
    }

    private OutboxConsumer started() {
        return Scene.started(carried(scene.consumer(new Handlers()).attempts(2)));
    }

    private List<String> those(Result result) {
        return conducts.entrySet().stream()
                .filter(conduct -> conduct.getValue().result() == result)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The driver's own. */
    static PgConnection raw(Connection tx) throws SQLException {
        return tx.unwrap(PgConnection.class);
    }

    static void execute(Connection tx, String sql) throws SQLException {
        try (Statement statement = tx.createStatement()) {
            statement.execute(sql);
        }
    }

    interface Step {
        void take() throws Exception;
    }

    static void swallow(Step step) {
        try {
            step.take();
        } catch (Exception swallowed) {
            LoggerFactory.getLogger(TransactionConducts.class).debug("swallowed", swallowed);
        }
    }
}
