package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.util.Random;

/** A publication that for a while is another, or is gone. */
final class PublicationFaults {
    private static final int LONGEST_MILLIS = 3_000;

    private PublicationFaults() {}

    static void alter(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        execute(world, "ALTER PUBLICATION outbox SET (publish = 'update')");
        try {
            Thread.sleep(random.nextInt(LONGEST_MILLIS));
        } finally {
            execute(world, "ALTER PUBLICATION outbox SET (publish = 'insert')");
        }
    }

    static void drop(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        execute(world, "DROP PUBLICATION outbox");
    }

    /** Where there is none, because it was dropped before, nothing happens. */
    private static void execute(World world, String sql) {
        try {
            Sql.execute(world.database(), sql);
        } catch (IllegalStateException e) {
            world.log().say("not done: " + e.getMessage());
        }
    }
}
