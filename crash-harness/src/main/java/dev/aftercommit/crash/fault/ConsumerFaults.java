package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.ConsumerInstance;
import dev.aftercommit.crash.world.World;
import java.util.List;
import java.util.Random;

/** Instances of a consuming service that die, end, freeze, and do not reach their servers. */
final class ConsumerFaults {
    private static final int LONGEST_AWAY_MILLIS = 6_000;
    private static final int LONGEST_FROZEN_MILLIS = 3_000;

    /** Others have taken over its partitions, and the database has ended its transactions. */
    private static final int FROZEN_PAST_A_TAKEOVER_MILLIS = 8_000;

    private ConsumerFaults() {}

    static void kill(World world, Random random) throws InterruptedException {
        ProcessFaults.kill(one(world, random).process(), random);
    }

    static void killAll(World world, Random random) {
        world.consumers().instances().forEach(instance -> instance.process().kill());
        world.consumers().instances().forEach(instance -> instance.process().start());
    }

    /** Mostly for so long that the others share its partitions. */
    static void stop(World world, Random random) throws InterruptedException {
        ProcessFaults.stop(one(world, random).process(), random.nextInt(LONGEST_AWAY_MILLIS));
    }

    static void freeze(World world, Random random) throws InterruptedException {
        int millis = random.nextBoolean() ? FROZEN_PAST_A_TAKEOVER_MILLIS : random.nextInt(LONGEST_FROZEN_MILLIS);
        ProcessFaults.freeze(one(world, random).process(), millis);
    }

    static void cutDatabase(World world, Random random) throws InterruptedException {
        LinkFaults.cut(List.of(one(world, random).links().sql()), random);
    }

    static void cutBroker(World world, Random random) throws InterruptedException {
        LinkFaults.cut(one(world, random).links().broker(), random);
    }

    static void silenceDatabase(World world, Random random) throws InterruptedException {
        LinkFaults.cut(List.of(one(world, random).links().sql()), LinkFaults.SILENCE);
    }

    static void silenceBroker(World world, Random random) throws InterruptedException {
        LinkFaults.cut(one(world, random).links().broker(), LinkFaults.SILENCE);
    }

    private static ConsumerInstance one(World world, Random random) {
        List<ConsumerInstance> instances = world.consumers().instances();
        return instances.get(random.nextInt(instances.size()));
    }
}
