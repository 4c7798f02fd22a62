package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.RelayProcess;
import dev.aftercommit.crash.world.World;
import java.util.List;
import java.util.Random;

/** Relays that die, end and freeze. */
final class RelayFaults {
    private static final int LONGEST_AWAY_MILLIS = 500;
    private static final int LONGEST_START_MILLIS = 1_500;
    private static final int LONGEST_FROZEN_MILLIS = 2_000;
    private static final int FROZEN_PAST_A_TAKEOVER_MILLIS = 8_000;

    private RelayFaults() {}

    /** SIGKILL, and now and then another one before it has really started. */
    static void kill(World world, Random random) throws InterruptedException {
        RelayProcess relay = one(world, random);
        relay.kill();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        relay.start();
        if (random.nextInt(3) == 0) {
            Thread.sleep(random.nextInt(LONGEST_START_MILLIS));
            relay.kill();
            relay.start();
        }
    }

    static void stop(World world, Random random) throws InterruptedException {
        RelayProcess relay = one(world, random);
        relay.stop();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        relay.start();
    }

    /** Where there is a standby, now and then for so long that it takes over. */
    static void freeze(World world, Random random) throws Exception {
        RelayProcess relay = one(world, random);
        relay.freeze();
        try {
            boolean pastTakeover = world.relays().size() > 1 && random.nextInt(4) == 0;
            Thread.sleep(pastTakeover ? FROZEN_PAST_A_TAKEOVER_MILLIS : random.nextInt(LONGEST_FROZEN_MILLIS));
        } finally {
            relay.thaw();
        }
    }

    private static RelayProcess one(World world, Random random) {
        List<RelayProcess> relays = world.relays();
        return relays.get(random.nextInt(relays.size()));
    }
}
