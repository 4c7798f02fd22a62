package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.util.Random;
import java.util.UUID;

/** Changes of the outbox's table that are allowed. */
final class SchemaFaults {
    private static final int LONGEST_MILLIS = 1_500;

    private SchemaFaults() {}

    static void addColumn(World world, Random random) {
        execute(world, "ALTER TABLE outbox.event ADD COLUMN \"" + name(random) + "\" text");
    }

    static void analyze(World world, Random random) {
        execute(world, "ANALYZE outbox.event");
    }

    /**
     * A partition for the events of the next moments; later it is detached and attached again at once, with its rows.
     * Where the table's lock came too late, and events of those moments are in the default partition, there is none.
     */
    static void attachPartition(World world, Random random) throws InterruptedException {
        String partition = "outbox.\"" + name(random) + "\"";
        long from = System.currentTimeMillis() + LONGEST_MILLIS;
        long to = from + 1 + random.nextInt(LONGEST_MILLIS);
        String bounds = " FOR VALUES FROM ('" + lowest(from) + "') TO ('" + lowest(to) + "')";
        try {
            execute(world, "CREATE TABLE " + partition + " PARTITION OF outbox.event" + bounds);
        } catch (IllegalStateException e) {
            world.log().say("no partition: " + e.getMessage());
            return;
        }
        Thread.sleep(random.nextInt(LONGEST_MILLIS * 3));
        execute(
                world,
                "BEGIN; ALTER TABLE outbox.event DETACH PARTITION " + partition
                        + "; ALTER TABLE outbox.event ATTACH PARTITION " + partition + bounds + "; COMMIT");
    }

    private static String name(Random random) {
        return "harness_" + Long.toHexString(random.nextLong());
    }

    /** The lowest UUIDv7 of a time. */
    private static UUID lowest(long millis) {
        return new UUID((millis << 16) | 0x7000L, 0x8000_0000_0000_0000L);
    }

    private static void execute(World world, String sql) {
        Sql.execute(world.database(), sql);
    }
}
