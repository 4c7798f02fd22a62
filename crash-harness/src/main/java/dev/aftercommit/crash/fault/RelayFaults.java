package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.KeptProcess;
import dev.aftercommit.crash.world.RelayProcess;
import dev.aftercommit.crash.world.World;
import java.util.List;
import java.util.Random;

/** Relays that die, end and freeze. */
final class RelayFaults {
    private static final int LONGEST_AWAY_MILLIS = 500;
    private static final int LONGEST_FROZEN_MILLIS = 2_000;
    private static final int FROZEN_PAST_A_TAKEOVER_MILLIS = 8_000;

    private RelayFaults() {}

    static void kill(World world, Random random) throws InterruptedException {
        ProcessFaults.kill(one(world, random), random);
    }

    static void stop(World world, Random random) throws InterruptedException {
        ProcessFaults.stop(one(world, random), random.nextInt(LONGEST_AWAY_MILLIS));
    }

    /** Where there is a standby, now and then for so long that it takes over. */
    static void freeze(World world, Random random) throws InterruptedException {
        KeptProcess relay = one(world, random);
        boolean pastTakeover = world.relays().size() > 1 && random.nextInt(4) == 0;
        ProcessFaults.freeze(
                relay, pastTakeover ? FROZEN_PAST_A_TAKEOVER_MILLIS : random.nextInt(LONGEST_FROZEN_MILLIS));
    }

    private static KeptProcess one(World world, Random random) {
        List<RelayProcess> relays = world.relays();
        return relays.get(random.nextInt(relays.size())).process();
    }
}
