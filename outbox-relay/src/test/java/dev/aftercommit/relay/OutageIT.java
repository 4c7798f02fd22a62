package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.NetworkLine;
import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.localservers.PostgresLink;
import dev.aftercommit.relay.harness.CommitOrder;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Writers;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers are killed at random moments while services write, and networks fall silent. Repeat a run with
 * {@code -Dcrash.seed=...}; the number of outages is a third of {@code -Dcrash.kills=...}.
 */
class OutageIT {
    private static final Logger LOG = LoggerFactory.getLogger(OutageIT.class);
    private static final int OUTAGES = Math.max(3, Integer.getInteger("crash.kills", 10) / 3);
    private static final int WRITERS = 4;

    /** About what they commit in one. */
    private static final int A_SECOND = WRITERS * Writers.STEADILY_A_SECOND;

    private final long seed = Long.getLong("crash.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private RelayWorld world;

    @BeforeEach
    void start() {
        LOG.warn("seed {}", seed);
        world = new RelayWorld();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aNatsServerThatIsKilledAndComesBackCostsNothing() throws Exception {
        outages(outage -> {
            world.nats().kill();
            pause(random.nextInt(1_000));
            world.nats().startAgain();
        });
    }

    @Test
    void aPostgresThatIsKilledOrRestartedAndComesBackCostsNothing() throws Exception {
        outages(outage -> {
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
        void happens(int number) throws Exception;
    }

    private void outages(Outage outage) throws Exception {
        CommitOrder.begin(world);
        RelayWorld.Relay relay = world.start();
        try (Writers writers = Writers.startSteadily(world, WRITERS, seed)) {
            for (int number = 0; number < OUTAGES; number++) {
                world.awaitStored(world.stored() + 1 + random.nextInt(A_SECOND));
                outage.happens(number);
            }
            world.awaitStored(world.stored() + A_SECOND);
        }
        CommitOrder.verifyStream(world);
        assertThat(relay.process().isAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNetworkThatSwallowsWhatPostgresSaysOnOneKindOfConnectionIsNoticedAndCostsNothing(boolean replication)
            throws Exception {
        try (PostgresLink link = new PostgresLink(world.postgres().port())) {
            silence(
                    replication ? link.replication() : link.sql(),
                    Map.of("OUTBOX_DATABASE_URL", "jdbc:postgresql://localhost:" + link.port() + "/accounts"));
        }
    }

    @Test
    void aNetworkThatSwallowsWhatNatsSaysIsNoticedAndCostsNothing() throws Exception {
        try (NetworkLink link = new NetworkLink(world.nats().port())) {
            silence(link.line(), Map.of("OUTBOX_NATS_URL", "nats://localhost:" + link.port()));
        }
    }

    private void silence(NetworkLine line, Map<String, String> throughIt) throws Exception {
        CommitOrder.begin(world);
        RelayWorld.Relay relay = world.launch("run", throughIt);
        world.awaitState(relay, "streaming");
        try (Writers writers = Writers.startSteadily(world, WRITERS, seed)) {
            world.awaitStored(A_SECOND);
            line.cut();
            world.awaitState(relay, "retrying");
            line.mend();
            world.awaitState(relay, "streaming");
            world.awaitStored(world.stored() + A_SECOND);
        }
        CommitOrder.verifyStream(world);
    }

    /** A random moment is what these tests are about; nothing is awaited here. */
    private static void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }
}
