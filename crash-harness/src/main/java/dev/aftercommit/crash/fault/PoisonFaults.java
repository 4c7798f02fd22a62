package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.load.Writers;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.util.Random;

/** Events that the stream cannot take. */
final class PoisonFaults {
    private static final int MOST_ROWS = 2;
    private static final int LONGEST_MILLIS = 2_000;
    private static final String CHECK = "event_is_publishable";

    private PoisonFaults() {}

    /**
     * Somebody lowers the size of messages that the stream takes, mostly below the largest events, now and then below many,
     * and may notice what that does. Otherwise it stays so until the end of the round.
     */
    static void narrowStream(World world, Random random) throws Exception {
        world.stream().awaitMore(1);
        world.stream().narrow(random.nextInt(4) == 0 ? 700 + random.nextInt(300) : 8_000);
        Thread.sleep(random.nextInt(LONGEST_MILLIS));
        if (random.nextInt(3) == 0) {
            world.stream().widen();
        }
    }

    /** For a moment the table has no CHECK, and in that moment somebody writes rows that break the contract. */
    static void writeMalformed(World world, Random random) throws Exception {
        String definition = Sql.query(
                        world.database(),
                        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '" + CHECK
                                + "' AND conrelid = 'outbox.event'::regclass")
                .getFirst();
        Sql.execute(world.database(), "ALTER TABLE outbox.event DROP CONSTRAINT " + CHECK);
        try {
            Writers.writeMalformed(world::connect, 1 + random.nextInt(MOST_ROWS), random.nextLong());
        } finally {
            Sql.execute(world.database(), "ALTER TABLE outbox.event ADD CONSTRAINT " + CHECK + " " + definition);
        }
    }
}
