package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.Broker;
import dev.aftercommit.crash.world.Standby;
import dev.aftercommit.crash.world.World;
import java.nio.file.Path;
import java.util.Random;

/** Servers that are put back to a copy of their data, or replaced by one that lacks some, and written on. */
final class PastFaults {
    private static final int MOST_BETWEEN = 500;
    private static final int LONGEST_MILLIS = 1_500;

    private PastFaults() {}

    /** From a copy of its data folder, taken after a crash or a shutdown; the relays run on, or are away. */
    static void restoreDatabase(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        Path copy = world.newCopy();
        end(world, random);
        world.postgres().copyData(copy);
        world.postgres().startAgain();
        writeOn(world, random);
        World.Act restore = () -> {
            end(world, random);
            world.databaseGoesBack();
            world.postgres().restoreData(copy);
            world.postgres().startAgain();
            Thread.sleep(random.nextInt(LONGEST_MILLIS));
        };
        if (random.nextBoolean()) {
            world.whileRelaysAreAway(restore);
        } else {
            restore.run();
        }
    }

    private static void end(World world, Random random) {
        if (random.nextBoolean()) {
            world.postgres().kill();
        } else {
            world.postgres().stop();
        }
    }

    /** From a copy of its store folder; of a cluster, from copies of all of them. */
    static void restoreBroker(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        Path copy = world.newCopy();
        Broker broker = world.broker();
        broker.stop();
        broker.copyStores(copy);
        broker.startAgain(broker.servers());
        writeOn(world, random);
        broker.stop();
        broker.restoreStores(copy);
        broker.startAgain(broker.servers());
    }

    /** To a standby that lacks the newest transactions and has a copy of the slot. */
    static void failOver(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        if (!Standby.isPossible(world) || !world.slot().exists()) {
            world.log().say("no failover: there is no slot that a standby could copy");
            return;
        }
        try (Standby standby = Standby.start(world)) {
            if (!standby.awaitSlot()) {
                world.log().say("no failover: the standby did not copy the slot");
                return;
            }
            standby.fallBehind();
            writeOn(world, random);
            standby.takeOver();
        }
    }

    /** What is stored in between is what the copy lacks. */
    private static void writeOn(World world, Random random) throws InterruptedException {
        world.stream().awaitMore(1 + random.nextInt(MOST_BETWEEN));
        Thread.sleep(random.nextInt(LONGEST_MILLIS));
    }
}
