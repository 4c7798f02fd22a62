package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.producer.Outbox;
import dev.aftercommit.relay.harness.CommitOrder;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Writers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The very first start over a table that holds events already, stopped at each of its steps. */
class FirstStartIT {
    /** Where the first start waits for a lock of the test, so that it can be killed exactly there. */
    enum Step {
        BEFORE_THE_EPOCH_IS_NOTED("BEFORE INSERT ON outbox.epoch FOR EACH ROW"),
        BEFORE_THE_EPOCH_IS_COMMITTED("AFTER INSERT ON outbox.epoch FOR EACH ROW"),
        BEFORE_THE_TABLE_IS_NOTED_AS_PUBLISHED(
                "BEFORE INSERT ON outbox.journal FOR EACH ROW WHEN (NEW.tail_sequence > 0)");

        private final String trigger;

        Step(String trigger) {
            this.trigger = trigger;
        }
    }

    private static final long GATE = 4711;

    private RelayWorld world;

    @BeforeEach
    void start() {
        world = new RelayWorld();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aStartThatIsKilledBetweenTwoStepsLosesNothingAndDoublesNothing(Step step) throws Exception {
        CommitOrder.begin(world);
        Writers.write(world, 200);
        try (Connection gate = closeGate(step)) {
            RelayWorld.Relay killed = world.launch();
            awaitAtGate();
            Writers.write(world, 50);
            killed.process().kill();
            // PostgreSQL would go on with the dead relay's statement; the machine that is gone takes it with it.
            world.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'advisory'");
        }
        assertThat(world.query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'outbox'"))
                .isEqualTo("1");
        assertThat(world.query("SELECT max(tail_sequence) FROM outbox.journal")).isEqualTo("0");
        world.start();
        Writers.write(world, 50);
        CommitOrder.verifyStream(world);
    }

    @Test
    void aStartThatIsKilledBeforeItReadsTheTableLosesNothingAndDoublesNothing() throws Exception {
        CommitOrder.begin(world);
        Writers.write(world, 200);
        try (Connection lock = world.database();
                Statement statement = lock.createStatement()) {
            RelayWorld.Relay killed;
            try (Connection gate = closeGate(Step.BEFORE_THE_EPOCH_IS_COMMITTED)) {
                killed = world.launch();
                awaitAtGate();
                lock.setAutoCommit(false);
                statement.execute("LOCK TABLE outbox.event IN ACCESS EXCLUSIVE MODE");
            }
            awaitSession("wait_event = 'relation' AND query LIKE '%INSERT INTO outbox.journal%'");
            killed.process().kill();
        }
        world.start();
        Writers.write(world, 50);
        CommitOrder.verifyStream(world);
    }

    @Test
    void aDatabaseThatGoesAwayWhileTheSlotIsMadeIsWaitedFor() throws Exception {
        Writers.write(world, 20);
        RelayWorld.Relay relay;
        try (Connection gate = closeGate(Step.BEFORE_THE_EPOCH_IS_NOTED)) {
            relay = world.launch();
            awaitAtGate();
            world.postgres().kill();
        }
        world.postgres().startAgain();
        world.awaitState(relay, "streaming");
        Writers.write(world, 20);
        world.awaitStored(40);
        assertThat(world.readStream()).hasSize(40);
        assertThat(relay.output().lines().filter(line -> line.contains("WARN"))).hasSize(1);
        world.requireClearLogs();
    }

    /**
     * A slot is made in three steps, each of which waits for the transactions of the one before. When what ends in
     * between is rolled back, the snapshot that PostgreSQL exports has an xmin above its xmax.
     */
    @Test
    void transactionsThatAreRolledBackWhileTheSlotIsMadeStopNothing() throws Exception {
        CommitOrder.begin(world);
        Writers.write(world, 20);
        try (Connection first = world.service();
                Connection second = world.service();
                Connection third = world.service()) {
            String firstId = begin(first);
            RelayWorld.Relay relay = world.launch();
            awaitSlotWaitsFor(firstId);
            String secondId = begin(second);
            first.rollback();
            awaitSlotWaitsFor(secondId);
            begin(third);
            second.rollback();
            world.awaitState(relay, "streaming");
            third.commit();
        }
        Writers.write(world, 20);
        CommitOrder.verifyStream(world);
    }

    @Test
    void aStartThatWaitsForOldTransactionsIsNotReadyAndNamesThem() throws Exception {
        try (Connection open = world.service()) {
            begin(open);
            RelayWorld.Relay relay = world.launch();
            world.awaitState(relay, "503 waiting: The replication slot can be made when older transactions have ended");
            assertThat(world.get(relay, "/readyz")).contains("of user account_service", "pg_terminate_backend");
            open.commit();
            world.awaitState(relay, "200 streaming");
        }
        world.awaitStored(1);
    }

    /** Begins a transaction, writes an event in it, and returns its id. */
    private static String begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        Outbox.emit(connection, new Writers.AccountTouched("account-1", 9, 0, ""));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
            row.next();
            return row.getString(1);
        }
    }

    private void awaitSlotWaitsFor(String transactionId) {
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> world.query("SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid::text = '"
                                + transactionId + "'")
                        .equals("1"));
    }

    @Test
    void ofTwoRelaysThatStartTogetherOnePublishesAndTheOtherStandsBy() throws Exception {
        CommitOrder.begin(world);
        Writers.write(world, 200);
        RelayWorld.Relay one = world.launch();
        RelayWorld.Relay other = world.launch();
        world.awaitState(one, "streaming", "standby");
        world.awaitState(other, "streaming", "standby");
        await().atMost(RelayWorld.PATIENCE)
                .untilAsserted(() -> assertThat(List.of(world.get(one, "/readyz"), world.get(other, "/readyz")))
                        .containsExactlyInAnyOrder("200 streaming\n", "200 standby\n"));
        Writers.write(world, 50);
        CommitOrder.verifyStream(world);
    }

    /** Makes the relay wait at this step until the returned connection is closed. */
    private Connection closeGate(Step step) throws SQLException {
        world.sql(
                "CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_advisory_xact_lock(" + GATE + "); RETURN NEW; END'",
                "CREATE TRIGGER gate " + step.trigger + " EXECUTE FUNCTION public.gate()");
        Connection gate = world.database();
        try (Statement statement = gate.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + GATE + ")");
        }
        return gate;
    }

    private void awaitAtGate() {
        awaitSession("wait_event = 'advisory'");
    }

    private void awaitSession(String condition) {
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> world.query("SELECT count(*) FROM pg_stat_activity WHERE " + condition)
                        .equals("1"));
    }
}
