package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.util.Random;

/** A database that crashes and comes back, and connections that it ends. */
final class DatabaseFaults {
    private static final int LONGEST_AWAY_MILLIS = 1_000;

    private DatabaseFaults() {}

    static void terminateWalSender(World world, Random random) {
        world.slot().terminateReader();
    }

    /** Everybody's: the relay's and the writers'. */
    static void terminateSessions(World world, Random random) {
        Sql.query(
                world.database(),
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
    }

    static void kill(World world, Random random) throws InterruptedException {
        world.postgres().kill();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        world.postgres().startAgain();
    }

    static void restart(World world, Random random) {
        world.postgres().restart();
    }
}
