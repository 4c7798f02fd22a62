package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.producer.Outbox;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.CommitOrder;
import dev.aftercommit.relay.harness.NatsLogins;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stream cannot take waits with the rest of its aggregate, and nothing else does. */
class ParkingIT {
    private static final int MOST = 8_000;

    @DomainEvent(aggregateType = "account", type = "AccountChanged")
    public record AccountChanged(@AggregateId String account, String text) {}

    private RelayWorld world;

    @TempDir
    private Path store;

    @BeforeEach
    void start() {
        world = new RelayWorld(
                AccountsPostgres.migrated().start(),
                RelayWorld.natsServer().storeDirectory(store).start());
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void onePoisonousEventHoldsBackItsAggregateAlone() throws Exception {
        RelayWorld.Relay relay = startWithWitness();
        emit("a0", "1");
        world.awaitStored(1);
        stream(stream -> stream.maximumMessageSize(MOST));
        String poison = emit("poisoned", large());
        String follower = emit("poisoned", "2");
        Writers.write(world, 200);
        world.awaitStored(201);
        awaitParked(2);
        emit("poisoned", "3");
        awaitParked(3);
        emit("a0", "2");
        world.awaitStored(202);

        RelayJar.Result list = parked("list", 1);
        assertThat(list.output())
                .contains("account/poisoned: event " + poison)
                .contains("2 waiting behind it")
                .contains("message size exceeds maximum allowed");
        assertThat(parked("list --json", 1).output())
                .contains("\"aggregateId\" : \"poisoned\"", "\"waiting\" : 2", "\"requested\" : null");
        await().atMost(RelayWorld.PATIENCE).untilAsserted(() -> {
            assertThat(world.get(relay, "/status")).contains("\"parked\" : 3");
            assertThat(world.get(relay, "/metrics")).contains("outbox_relay_parked{source=\"accounts\"} 3.0");
        });
        assertThat(Words.requireClear(world.command("doctor", Map.of())).output())
                .contains("3 events are parked");

        // Nothing was mended: it is parked again, and what waits behind it still does.
        assertThat(parked("retry --event " + follower, 1).output()).contains("parked again");
        verifyParked("poisoned", 3);
        stream(stream -> stream.maximumMessageSize(-1));
        assertThat(parked("retry --aggregate account/poisoned", 0).output()).contains("are published");
        verifyAllStoredOnceInOrder(List.of());
        assertThat(parked("list", 0).output()).contains("Nothing is parked.");
        world.awaitState(relay, "streaming");
        Words.requireClear(relay.output());
    }

    @Test
    void aRowThatBreaksTheContractIsDiscardedOrStaysAndItsFollowersGoOn() throws Exception {
        world.sql("ALTER TABLE outbox.event DROP CONSTRAINT event_is_publishable");
        RelayWorld.Relay relay = startWithWitness();
        String poison = "01990000-0000-7000-8000-000000000001";
        world.sql("INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers) VALUES ('"
                + poison + "', 'account', 'poisoned', 'Changed', '1', '{\"a\": {}}')");
        emit("poisoned", "2");
        emit("fine", "1");
        world.awaitStored(1);
        awaitParked(2);
        assertThat(parked("list", 1).output()).contains("malformed: ", "headers are not a JSON object of strings");
        assertThat(parked("discard --event " + UUID.randomUUID() + " --yes", 1).output())
                .contains("Nothing is parked of event");
        assertThat(parked("discard --event " + poison, 2).output())
                .contains("1 event(s) of event " + poison + " would be discarded")
                .contains("add --yes");
        verifyParked("poisoned", 2);
        assertThat(parked("discard --event " + poison + " --yes", 0).output()).contains("are discarded");
        verifyAllStoredOnceInOrder(List.of(poison));
        assertThat(world.query("SELECT kind FROM outbox.journal_events() WHERE event_id = '" + poison
                        + "' ORDER BY entry DESC LIMIT 1"))
                .isEqualTo("discarded");
        world.awaitState(relay, "streaming");
        Words.requireClear(relay.output());
    }

    /** In what is owed from the table, too, and through kills. */
    @Test
    void killsLoseNothingThatIsParkedAndBreakNoOrder() throws Exception {
        long seed = Long.getLong("crash.seed", 1);
        Random random = new Random(seed);
        RelayWorld.Relay relay = startWithWitness();
        emit("a0", "1");
        world.awaitStored(1);
        stream(stream -> stream.maximumMessageSize(MOST));
        for (int kill = 0; kill < 4; kill++) {
            emitSome(random, 120);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
            relay.process().kill();
            emitSome(random, 20);
            if (kill == 2) {
                world.sql("SELECT pg_drop_replication_slot('outbox')");
            }
            relay = world.launch();
        }
        world.awaitState(relay, "streaming");
        awaitParked(1);
        stream(stream -> stream.maximumMessageSize(-1));
        await().atMost(RelayWorld.PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            world.sql("UPDATE outbox.parked_event SET requested = 'retry', requested_at = now()"
                    + " WHERE requested IS NULL");
            return world.query("SELECT count(*) FROM outbox.parked_event").equals("0");
        });
        verifyAllStoredOnceInOrder(List.of());
    }

    @Test
    void aServerThatTakesSmallerMessagesThanBeforeParksTheLargeOnesAndTheLargerServerTakesThem() throws Exception {
        RelayWorld.Relay relay = startWithWitness();
        emit("large", large());
        world.awaitStored(1);
        world.nats().stop();
        emit("large", large());
        emit("large", "2");
        emit("small", "1");
        try (NatsServer smaller = NatsServer.builder()
                .storeDirectory(store)
                .port(world.nats().port())
                .config(NatsLogins.config() + "max_payload: " + MOST)
                .start()) {
            awaitParked(2);
            world.awaitStored(2);
            assertThat(world.command("doctor", Map.of()).output()).contains("takes messages of at most 8000 bytes");
            assertThat(parked("list", 1).output()).contains("too-large: ");
        }
        world.nats().startAgain();
        world.awaitState(relay, "streaming");
        assertThat(parked("retry --all", 0).output()).contains("are published");
        verifyAllStoredOnceInOrder(List.of());
    }

    /** Of ten events one is too large; in a transaction each, so that their order is that of the inserts. */
    private void emitSome(Random random, int events) throws SQLException {
        try (java.sql.Connection connection = world.service()) {
            for (int i = 0; i < events; i++) {
                emit(connection, "a" + random.nextInt(12), random.nextInt(10) == 0 ? large() : Integer.toString(i));
            }
        }
    }

    private String emit(String aggregate, String text) throws SQLException {
        try (java.sql.Connection connection = world.service()) {
            return emit(connection, aggregate, text);
        }
    }

    private static String emit(java.sql.Connection connection, String aggregate, String text) throws SQLException {
        connection.setAutoCommit(false);
        String id = Outbox.emit(connection, new AccountChanged(aggregate, text))
                .eventId()
                .toString();
        connection.commit();
        return id;
    }

    private static String large() {
        return "x".repeat(MOST);
    }

    private RelayWorld.Relay startWithWitness() throws SQLException {
        RelayWorld.Relay relay = world.start();
        CommitOrder.begin(world);
        return relay;
    }

    private void stream(UnaryOperator<StreamConfiguration.Builder> change) throws Exception {
        try (Connection connection = world.natsConnection()) {
            JetStreamManagement management = connection.jetStreamManagement();
            management.updateStream(change.apply(StreamConfiguration.builder(
                            management.getStreamInfo(RelayWorld.STREAM).getConfiguration()))
                    .build());
        }
    }

    private RelayJar.Result parked(String command, int exitCode) {
        RelayJar.Result result = world.command("parked " + command, Map.of());
        assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
        return result;
    }

    private void awaitParked(int least) {
        await().atMost(RelayWorld.PATIENCE)
                .untilAsserted(
                        () -> assertThat(Integer.parseInt(world.query("SELECT count(*) FROM outbox.parked_event")))
                                .as(world::describeProcesses)
                                .isGreaterThanOrEqualTo(least));
    }

    private void verifyParked(String aggregate, int events) throws SQLException {
        assertThat(world.query("SELECT count(*) FROM outbox.parked_event WHERE aggregate_id = '" + aggregate + "'"))
                .isEqualTo(Integer.toString(events));
    }

    /** Each event once, each aggregate's in the order of its commits, at ever higher positions. */
    private void verifyAllStoredOnceInOrder(List<String> discarded) throws Exception {
        List<StoredMessage> stored = new ArrayList<>();
        List<String> committed = CommitOrder.ids(world);
        committed.removeAll(discarded);
        await().atMost(RelayWorld.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(() -> {
                    stored.clear();
                    stored.addAll(world.readStream());
                    assertThat(stored.stream().map(StoredMessage::id))
                            .as(world::describeProcesses)
                            .containsExactlyInAnyOrderElementsOf(committed);
                });
        assertThat(stored).extracting(StoredMessage::position).isSorted();
        assertThat(stored.stream().map(StoredMessage::position).distinct()).hasSize(stored.size());
        Map<String, Integer> places = new HashMap<>();
        for (StoredMessage event : stored) {
            int place = committed.indexOf(event.id());
            Integer before = places.put(event.header("ce-subject"), place);
            assertThat(before == null ? -1 : before)
                    .as("order of %s", event.header("ce-subject"))
                    .isLessThan(place);
        }
    }
}
