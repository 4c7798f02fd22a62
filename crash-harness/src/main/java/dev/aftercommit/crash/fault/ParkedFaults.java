package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.Waiting;
import dev.aftercommit.crash.world.World;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** An operator who has something done with what is parked, whether or not what was wrong is mended. */
final class ParkedFaults {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private ParkedFaults() {}

    /** Everything, or one queue. */
    static void retry(World world, Random random) throws Exception {
        awaitParked(world, random);
        List<UUID> one = world.parked().some(1, random);
        if (one.isEmpty() || random.nextBoolean()) {
            world.parked().retryAll();
        } else {
            world.parked().retry(one.getFirst());
        }
    }

    /** One event, at the head of its queue or behind. */
    static void discard(World world, Random random) throws Exception {
        awaitParked(world, random);
        world.parked().some(1, random).forEach(world.parked()::discard);
    }

    /** Where nothing is parked, something is made to be. */
    private static void awaitParked(World world, Random random) throws Exception {
        if (world.parked().isEmpty()) {
            PoisonFaults.writeMalformed(world, random);
            Waiting.until(PATIENCE, () -> !world.parked().isEmpty());
        }
    }
}
