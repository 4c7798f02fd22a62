package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.ReplicationSlot;
import dev.aftercommit.crash.world.World;
import java.util.Random;

/** A slot that is no longer where the relay left it. */
final class SlotFaults {
    private static final int LONGEST_AWAY_MILLIS = 1_000;

    private SlotFaults() {}

    static void advance(World world, Random random) throws Exception {
        whileItIsIdle(world, random, slot -> {
            if (slot.exists()) {
                slot.advance();
            }
        });
    }

    static void drop(World world, Random random) throws Exception {
        whileItIsIdle(world, random, ReplicationSlot::drop);
    }

    static void makeAnew(World world, Random random) throws Exception {
        whileItIsIdle(world, random, slot -> {
            slot.drop();
            slot.create();
        });
    }

    private interface Deed {
        void to(ReplicationSlot slot);
    }

    /** Something is committed before that nobody has read. */
    private static void whileItIsIdle(World world, Random random, Deed deed) throws Exception {
        world.stream().awaitMore(1);
        world.whileRelaysAreAway(() -> {
            Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
            world.slot().awaitIdle();
            deed.to(world.slot());
        });
    }
}
