package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.NatsCluster;
import dev.aftercommit.localservers.NatsServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Servers of a cluster that lead no longer, die, freeze and do not hear each other. */
final class ClusterFaults {
    private static final int MOST_IN_A_ROW = 5;
    private static final int LONGEST_LEAD_MILLIS = 1_500;

    /** Long enough that the others have noticed and elected another leader. */
    private static final int LONGEST_AWAY_MILLIS = 15_000;

    private ClusterFaults() {}

    static void stepDown(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        int times = 1 + random.nextInt(MOST_IN_A_ROW);
        for (int i = 0; i < times; i++) {
            world.stream().stepDown();
            Thread.sleep(random.nextInt(LONGEST_LEAD_MILLIS));
        }
    }

    static void killLeader(World world, Random random) throws InterruptedException {
        world.stream().awaitMore(1);
        NatsServer leader = leader(world, random);
        leader.kill();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        leader.startAgain();
    }

    /** All but one are killed. */
    static void loseQuorum(World world, Random random) throws InterruptedException {
        List<NatsServer> killed = new ArrayList<>(world.broker().servers());
        Collections.shuffle(killed, random);
        killed.removeLast();
        killed.forEach(NatsServer::kill);
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        world.broker().startAgain(killed);
    }

    static void freeze(World world, Random random) throws InterruptedException {
        NatsServer server = mostlyTheLeader(world, random);
        server.freeze();
        try {
            Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        } finally {
            server.thaw();
        }
    }

    /** Clients reach it still. */
    static void cutOff(World world, Random random) throws InterruptedException {
        NatsServer server = mostlyTheLeader(world, random);
        NatsCluster cluster = world.broker().cluster();
        cluster.cutOff(server);
        try {
            Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        } finally {
            cluster.reconnect(server);
        }
    }

    private static NatsServer mostlyTheLeader(World world, Random random) {
        return random.nextInt(3) == 0 ? any(world, random) : leader(world, random);
    }

    /** Where nobody leads the stream, any server. */
    private static NatsServer leader(World world, Random random) {
        return world.stream().leader().map(world.broker().cluster()::server).orElseGet(() -> any(world, random));
    }

    private static NatsServer any(World world, Random random) {
        List<NatsServer> servers = world.broker().servers();
        return servers.get(random.nextInt(servers.size()));
    }
}
