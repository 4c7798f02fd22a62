package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.NetworkLine;
import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.localservers.PostgresLink;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.CommitOrder;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills real processes at random moments while services write. Repeat a run with {@code -Dcrash.seed=...}; the number
 * of kills is {@code -Dcrash.kills=...}.
 */
class CrashIT {
    private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);
    private static final int KILLS = Integer.getInteger("crash.kills", 10);

    private final long seed = Long.getLong("crash.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void aRelayThatIsKilledAgainAndAgainLosesNothingDoublesNothingAndKeepsTheOrder() throws Exception {
        killTheRelay(world());
    }

    /** With the shortest window that NATS allows, so that nothing leans on it. */
    @Test
    void theSameHoldsWithoutTheHelpOfTheDeduplicationWindow() throws Exception {
        RelayWorld world = world();
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(RelayWorld.STREAM)
                            .subjects("outbox.accounts.>")
                            .duplicateWindow(100)
                            .build());
        }
        killTheRelay(world);
    }

    private void killTheRelay(RelayWorld world) throws Exception {
        try (world) {
            CommitOrder.begin(world);
            RelayWorld.Relay relay = world.start();
            try (Writers writers = Writers.startSteadily(world, 4, seed)) {
                for (int kill = 0; kill < KILLS; kill++) {
                    long moment = world.stored() + 1 + random.nextInt(2_000);
                    world.awaitStored(moment);
                    pause(random.nextInt(200));
                    relay.process().kill();
                    relay = world.launch();
                    // now and then before it has really started
                    if (random.nextInt(4) == 0) {
                        pause(random.nextInt(1_500));
                        relay.process().kill();
                        relay = world.launch();
                    }
                }
            }
            verify(world);
        }
    }

    @Test
    void whatWasCommittedBeforeTheFirstStartIsPublishedOnceAlsoWhenTheRelayIsKilledMeanwhile() throws Exception {
        try (RelayWorld world = world()) {
            try (Writers early = Writers.start(world, 1, 30_000, seed)) {
                early.awaitEnd();
            }
            List<String> early =
                    List.of(world.query("SELECT string_agg(id::text, ',' ORDER BY created_at, id) FROM outbox.event")
                            .split(","));
            try (Writers writers = Writers.startSteadily(world, 4, seed)) {
                RelayWorld.Relay relay = world.launch();
                for (int kill = 0; kill < KILLS; kill++) {
                    long moment = world.stored() + random.nextInt(1 + 30_000 / KILLS);
                    world.awaitStored(moment);
                    relay.process().kill();
                    relay = world.launch();
                }
                world.awaitStored(40_000);
            }
            long total = Long.parseLong(world.query("SELECT count(*) FROM outbox.event"));
            world.awaitStored(total);
            List<StoredMessage> events = world.readStream();
            LOG.warn("{} events, {} from before the first start (seed {})", total, early.size(), seed);
            assertThat(new HashSet<>(events.stream().map(StoredMessage::id).toList()))
                    .as("seed %d", seed)
                    .hasSize((int) total);
            assertThat(events).as("seed %d", seed).hasSize((int) total);
            assertThat(events)
                    .as("seed %d", seed)
                    .extracting(StoredMessage::position)
                    .isSorted();
            // the one early writer's events: in the order in which it committed them, whatever came in between
            HashSet<String> known = new HashSet<>(early);
            assertThat(events.stream().map(StoredMessage::id).filter(known::contains))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(early);
            verifyWriterOrder(events);
        }
    }

    @Test
    void whenTheActiveRelayDiesTheStandbyTakesOver() throws Exception {
        try (RelayWorld world = world()) {
            CommitOrder.begin(world);
            RelayWorld.Relay active = world.start();
            RelayWorld.Relay standby = world.start("standby");
            assertThat(world.get(active, "/readyz")).isEqualTo("200 streaming\n");
            assertThat(world.get(standby, "/readyz")).isEqualTo("200 standby\n");
            try (Writers writers = Writers.startSteadily(world, 4, seed)) {
                for (int kill = 0; kill < Math.max(3, KILLS / 3); kill++) {
                    world.awaitStored(world.stored() + 1 + random.nextInt(2_000));
                    active.process().kill();
                    world.awaitState(standby, "streaming");
                    active = standby;
                    standby = world.start("standby");
                }
            }
            verify(world);
        }
    }

    @Test
    void aFrozenRelayThatWakesUpIsFencedAndStandsBy() throws Exception {
        try (RelayWorld world = world()) {
            CommitOrder.begin(world);
            RelayWorld.Relay frozen = world.start();
            RelayWorld.Relay other = world.start("standby");
            try (Writers writers = Writers.startSteadily(world, 4, seed)) {
                world.awaitStored(500);
                signal("STOP", frozen.process().pid());
                try {
                    world.awaitState(other, "streaming");
                    world.awaitStored(world.stored() + 2_000);
                } finally {
                    signal("CONT", frozen.process().pid());
                }
                world.awaitState(frozen, "standby");
                world.awaitStored(world.stored() + 2_000);
            }
            verify(world);
        }
    }

    @Test
    void aNatsServerThatIsKilledAndComesBackCostsNothing() throws Exception {
        outages((world, outage) -> {
            world.nats().kill();
            pause(random.nextInt(1_000));
            world.nats().startAgain();
        });
    }

    @Test
    void aPostgresThatIsKilledOrRestartedAndComesBackCostsNothing() throws Exception {
        outages((world, outage) -> {
            if (outage % 2 == 0) {
                world.postgres().kill();
                pause(random.nextInt(1_000));
                world.postgres().startAgain();
            } else {
                world.postgres().restart();
            }
        });
    }

    private interface Outage {
        void happens(RelayWorld world, int number) throws Exception;
    }

    private void outages(Outage outage) throws Exception {
        try (RelayWorld world = world()) {
            CommitOrder.begin(world);
            RelayWorld.Relay relay = world.start();
            try (Writers writers = Writers.startSteadily(world, 4, seed)) {
                for (int number = 0; number < Math.max(3, KILLS / 3); number++) {
                    world.awaitStored(world.stored() + 1 + random.nextInt(2_000));
                    outage.happens(world, number);
                }
                world.awaitStored(world.stored() + 1_000);
            }
            verify(world);
            assertThat(relay.process().isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNetworkThatSwallowsWhatPostgresSaysOnOneKindOfConnectionIsNoticedAndCostsNothing(boolean replication)
            throws Exception {
        try (RelayWorld world = world();
                PostgresLink link = new PostgresLink(world.postgres().port())) {
            silence(
                    world,
                    replication ? link.replication() : link.sql(),
                    Map.of("OUTBOX_DATABASE_URL", "jdbc:postgresql://localhost:" + link.port() + "/accounts"));
        }
    }

    @Test
    void aNetworkThatSwallowsWhatNatsSaysIsNoticedAndCostsNothing() throws Exception {
        try (RelayWorld world = world();
                NetworkLink link = new NetworkLink(world.nats().port())) {
            silence(world, link.line(), Map.of("OUTBOX_NATS_URL", "nats://localhost:" + link.port()));
        }
    }

    private void silence(RelayWorld world, NetworkLine line, Map<String, String> throughIt) throws Exception {
        CommitOrder.begin(world);
        RelayWorld.Relay relay = world.launch("run", throughIt);
        world.awaitState(relay, "streaming");
        try (Writers writers = Writers.startSteadily(world, 4, seed)) {
            world.awaitStored(500);
            line.cut();
            world.awaitState(relay, "retrying");
            line.mend();
            world.awaitState(relay, "streaming");
            world.awaitStored(world.stored() + 1_000);
        }
        verify(world);
    }

    @Test
    void aStoppedRelayLeavesNothingToDoAgain() throws Exception {
        try (RelayWorld world = world()) {
            CommitOrder.begin(world);
            RelayWorld.Relay relay = world.start();
            try (Writers writers = Writers.start(world, 4, 1_000, seed)) {
                writers.awaitEnd();
            }
            world.awaitStored(4_000);
            assertThat(relay.process().terminate(Duration.ofSeconds(25)))
                    .as(relay.output())
                    .isZero();
            RelayWorld.Relay next = world.start();
            assertThat(world.get(next, "/status")).contains("\"skipped\" : 0");
            verify(world);
        }
    }

    private RelayWorld world() {
        LOG.warn("seed {}", seed);
        return new RelayWorld(
                AccountsPostgres.migrated().setting("max_connections", "100").start(),
                RelayWorld.natsServer().start());
    }

    private void verify(RelayWorld world) throws Exception {
        List<String> committed = CommitOrder.ids(world);
        world.awaitStored(committed.size());
        List<StoredMessage> events = world.readStream();
        LOG.warn("{} events committed, {} stored (seed {})", committed.size(), events.size(), seed);
        assertThat(events.stream().map(StoredMessage::id)).as("seed %d", seed).containsExactlyElementsOf(committed);
        assertThat(events)
                .as("seed %d", seed)
                .extracting(StoredMessage::position)
                .isSorted();
        world.requireClearLogs();
    }

    /** Each writer's numbers rise: its transactions follow one another. */
    private void verifyWriterOrder(List<StoredMessage> events) {
        Map<String, Integer> last = new HashMap<>();
        for (StoredMessage event : events) {
            String writer = event.payload().replaceAll(".*\"writer\":(\\d+).*", "$1");
            int number = Integer.parseInt(event.payload().replaceAll(".*\"number\":(\\d+).*", "$1"));
            // writer 0 wrote the early events and then began again
            if (number == 0) {
                last.remove(writer);
            }
            assertThat(number).as("writer %s, seed %d", writer, seed).isGreaterThan(last.getOrDefault(writer, -1));
            last.put(writer, number);
        }
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** A random moment is what these tests are about; nothing is awaited here. */
    private static void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }
}
