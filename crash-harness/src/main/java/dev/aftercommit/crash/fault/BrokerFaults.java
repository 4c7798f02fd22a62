package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.NatsServer;
import java.util.List;
import java.util.Random;

/** A broker that crashes and comes back, and a stream that is full, emptied or gone. */
final class BrokerFaults {
    private static final int LONGEST_AWAY_MILLIS = 1_000;
    private static final int LONGEST_FULL_MILLIS = 1_500;
    private static final int MOST_ROOM = 200;

    private BrokerFaults() {}

    /** Of a cluster, one server. */
    static void kill(World world, Random random) throws InterruptedException {
        List<NatsServer> servers = world.broker().servers();
        NatsServer server = servers.get(random.nextInt(servers.size()));
        server.kill();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        server.startAgain();
    }

    /** Of a cluster, one server after the other, as for an upgrade. */
    static void restart(World world, Random random) {
        world.broker().servers().forEach(NatsServer::restart);
    }

    /** Takes a few messages more, then none, until there is room again. */
    static void fillStream(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        world.stream().limit(random.nextInt(MOST_ROOM));
        try {
            Thread.sleep(random.nextInt(LONGEST_FULL_MILLIS));
        } finally {
            world.stream().unlimit();
        }
    }

    static void deleteStream(World world, Random random) throws Exception {
        world.stream().awaitMore(random.nextInt(MOST_ROOM));
        world.stream().delete();
    }

    static void purgeStream(World world, Random random) throws Exception {
        world.stream().awaitMore(1 + random.nextInt(MOST_ROOM));
        world.stream().purge();
    }
}
