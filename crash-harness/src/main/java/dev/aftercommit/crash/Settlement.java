package dev.aftercommit.crash;

import dev.aftercommit.crash.check.Evidence;
import dev.aftercommit.crash.world.World;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * What an operator does at the end of a round in which something is parked or the stream is narrow: mends the stream, gives
 * up what cannot be mended and now and then something else, and has the rest published.
 */
final class Settlement {
    private static final int MOST_GIVEN_UP = 2;

    private final World world;
    private final Random random;

    Settlement(World world, Random random) {
        this.world = world;
        this.random = random;
    }

    boolean isNeeded() {
        return world.stream().narrowest().isPresent() || !world.parked().isEmpty();
    }

    void make(Evidence evidence) throws Exception {
        world.stream().widen();
        Set<UUID> givenUp = new LinkedHashSet<>(evidence.hopeless());
        givenUp.addAll(world.parked().some(random.nextInt(MOST_GIVEN_UP + 1), random));
        givenUp.forEach(world.parked()::discard);
        if (!world.parked().isEmpty()) {
            world.parked().retryAll();
        }
    }
}
