package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills relays at random moments while services write. Repeat a run with {@code -Dcrash.seed=...}; the number
 * of kills is {@code -Dcrash.kills=...}.
 */
class CrashIT {
    private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);
    private static final int KILLS = Integer.getInteger("crash.kills", 10);
    private static final int WRITERS = 4;

    /** About what they commit in one. */
    private static final int A_SECOND = WRITERS * Writers.STEADILY_A_SECOND;

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
            try (Writers writers = Writers.startSteadily(world, WRITERS, seed)) {
                for (int kill = 0; kill < KILLS; kill++) {
                    long moment = world.stored() + 1 + random.nextInt(A_SECOND);
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
            CommitOrder.verifyStream(world);
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
            try (Writers writers = Writers.startSteadily(world, WRITERS, seed)) {
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
            try (Writers writers = Writers.startSteadily(world, WRITERS, seed)) {
                for (int kill = 0; kill < Math.max(3, KILLS / 3); kill++) {
                    world.awaitStored(world.stored() + 1 + random.nextInt(A_SECOND));
                    active.process().kill();
                    world.awaitState(standby, "streaming");
                    active = standby;
                    standby = world.start("standby");
                }
            }
            CommitOrder.verifyStream(world);
        }
    }

    @Test
    void aFrozenRelayThatWakesUpIsFencedAndStandsBy() throws Exception {
        try (RelayWorld world = world()) {
            CommitOrder.begin(world);
            RelayWorld.Relay frozen = world.start();
            RelayWorld.Relay other = world.start("standby");
            try (Writers writers = Writers.startSteadily(world, WRITERS, seed)) {
                world.awaitStored(A_SECOND);
                signal("STOP", frozen.process().pid());
                try {
                    world.awaitState(other, "streaming");
                    world.awaitStored(world.stored() + A_SECOND);
                } finally {
                    signal("CONT", frozen.process().pid());
                }
                world.awaitState(frozen, "standby");
                world.awaitStored(world.stored() + A_SECOND);
            }
            CommitOrder.verifyStream(world);
        }
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
            CommitOrder.verifyStream(world);
        }
    }

    private RelayWorld world() {
        LOG.warn("seed {}", seed);
        return new RelayWorld(
                AccountsPostgres.migrated().setting("max_connections", "100").start(),
                RelayWorld.natsServer().start());
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
