package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

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
    private final NetworkLink link;
    private final PostgresServer server;
    private boolean promoted;

    private Standby(World world, NetworkLink link, PostgresServer server) {
        this.world = world;
        this.link = link;
        this.server = server;
    }

    public static boolean isPossible(World world) {
        return Integer.parseInt(
                        Sql.query(world.database(), "SHOW server_version_num").getFirst())
                >= FIRST_WITH_SYNCED_SLOTS;
    }

    /** Copies the primary, which is restarted for it, and follows it. The relays are away for a moment. */
    public static Standby start(World world) throws Exception {
        Path copy = world.newCopy();
        NetworkLink link = new NetworkLink(world.postgres().port());
        String slot = "standby_" + link.port();
        world.whileRelaysAreAway(() -> {
            world.slot().awaitIdle();
            world.slot().becomeFailoverSlot(world.postgres());
            Sql.query(world.database(), "SELECT pg_create_physical_replication_slot('" + slot + "')");
            world.postgres().stop();
            world.postgres().copyData(copy);
            world.postgres().startAgain();
        });
        Files.createFile(copy.resolve("standby.signal"));
        try (var slots = Files.list(copy.resolve("pg_replslot"))) {
            slots.forEach(Folders::delete);
        }
        PostgresServer server = World.settings(PostgresServer.builder())
                .copyOf(copy)
                .setting(
                        "primary_conninfo",
                        "host=localhost port=" + link.port() + " user="
                                + world.postgres().user() + " dbname=" + DatabaseTemplate.DATABASE)
                .setting("primary_slot_name", slot)
                .setting("sync_replication_slots", "on")
                .setting("hot_standby_feedback", "on")
                .start();
        return new Standby(world, link, server);
    }

    /**
     * Waits until the slot is copied; false when it does not come to that. The primary's slot has to come past where the
     * copy began, which it does with each snapshot of running transactions in the WAL.
     */
    public boolean awaitSlot() throws InterruptedException {
        return Waiting.until(PATIENCE, () -> {
            Sql.query(world.database(), "SELECT pg_log_standby_snapshot()");
            return List.of("1").equals(Sql.query(server.dataSource(DatabaseTemplate.DATABASE), IS_SYNCED));
        });
    }

    /** Hears nothing of the primary any more. */
    public void fallBehind() {
        link.line().cut();
    }

    /** The primary dies, and this is the database from now on. */
    public void takeOver() throws IOException {
        world.postgres().kill();
        Sql.query(server.dataSource(), "SELECT pg_promote()");
        promoted = true;
        world.failOverTo(server);
    }

    @Override
    public void close() {
        link.close();
        if (!promoted) {
            server.kill();
            server.close();
        }
    }
}
