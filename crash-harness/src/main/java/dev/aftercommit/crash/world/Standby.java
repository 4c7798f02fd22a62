package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.PostgresStandby;
import dev.aftercommit.localservers.Sql;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A streaming standby of the database with a synced copy of the relay's slot, as PostgreSQL 17 and later have it. Not
 * thread-safe.
 */
public final class Standby implements AutoCloseable {
    private static final int FIRST_WITH_SYNCED_SLOTS = 170_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String IS_SYNCED =
            "SELECT 1 FROM pg_replication_slots WHERE slot_name = 'outbox' AND synced AND NOT temporary";

    private final World world;
    private final PostgresStandby standby;

    private Standby(World world, PostgresStandby standby) {
        this.world = world;
        this.standby = standby;
    }

    public static boolean isPossible(World world) {
        return Integer.parseInt(
                        Sql.query(world.database(), "SHOW server_version_num").getFirst())
                >= FIRST_WITH_SYNCED_SLOTS;
    }

    /** Copies the primary, which is restarted for it, and follows it. The relays are away for a moment. */
    public static Standby start(World world) throws Exception {
        AtomicReference<PostgresStandby> followed = new AtomicReference<>();
        world.whileRelaysAreAway(() -> {
            world.slot().awaitIdle();
            world.slot().becomeFailoverSlot(world.postgres());
            followed.set(PostgresStandby.follow(
                    world.postgres(),
                    DatabaseTemplate.OUTBOX,
                    DatabaseTemplate.settings(PostgresServer.builder()).setting("sync_replication_slots", "on")));
        });
        return new Standby(world, Objects.requireNonNull(followed.get()));
    }

    /**
     * Waits until the slot is copied; false when it does not come to that. The primary's slot has to come past where the
     * copy began, which it does with each snapshot of running transactions in the WAL.
     */
    public boolean awaitSlot() throws InterruptedException {
        return Waiting.until(PATIENCE, () -> {
            Sql.query(world.database(), "SELECT pg_log_standby_snapshot()");
            return List.of("1").equals(Sql.query(standby.server().dataSource(DatabaseTemplate.OUTBOX), IS_SYNCED));
        });
    }

    /** Hears nothing of the primary any more. */
    public void fallBehind() {
        standby.fallBehind();
    }

    /** The primary dies, and this is the database from now on. */
    public void takeOver() throws IOException {
        world.postgres().kill();
        standby.promote();
        world.failOverTo(standby.server());
    }

    @Override
    public void close() {
        standby.close();
    }
}
