package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.DeadEvents;
import dev.aftercommit.crash.world.Waiting;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A consumers' database that crashes and comes back, ends sessions, and in which an operator does something about dead letters. */
final class InboxFaults {
    private static final int LONGEST_AWAY_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private InboxFaults() {}

    static void kill(World world, Random random) throws InterruptedException {
        world.consumers().postgres().kill();
        Thread.sleep(random.nextInt(LONGEST_AWAY_MILLIS));
        world.consumers().postgres().startAgain();
    }

    static void restart(World world, Random random) {
        world.consumers().postgres().restart();
    }

    /** All of them, or one after the other, each a moment later. */
    static void terminateSessions(World world, Random random) throws InterruptedException {
        String sessions = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                + " AND pid <> pg_backend_pid() AND datname = current_database()";
        int pauseMillis = random.nextBoolean() ? 0 : random.nextInt(100);
        for (String pid : Sql.query(world.consumers().database(), sessions)) {
            Sql.query(world.consumers().database(), "SELECT pg_terminate_backend(" + pid + ")");
            Thread.sleep(pauseMillis);
        }
    }

    /** Though nobody has mended what their handlers stumble over; all, or one. */
    static void redrive(World world, Random random) throws InterruptedException {
        List<UUID> one = someDead(world, random);
        if (random.nextBoolean()) {
            world.consumers().deadEvents().redriveAll();
        } else {
            one.forEach(world.consumers().deadEvents()::redrive);
        }
    }

    static void discard(World world, Random random) throws InterruptedException {
        someDead(world, random).forEach(world.consumers().deadEvents()::discard);
    }

    /** One, if one comes within some seconds. */
    private static List<UUID> someDead(World world, Random random) throws InterruptedException {
        DeadEvents deadEvents = world.consumers().deadEvents();
        Waiting.until(PATIENCE, () -> !deadEvents.some(1, random).isEmpty());
        return deadEvents.some(1, random);
    }
}
