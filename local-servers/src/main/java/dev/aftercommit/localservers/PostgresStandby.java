package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server that follows another one of this machine until it is promoted. Thread-safe. */
public final class PostgresStandby implements AutoCloseable {
    private final PostgresLink link;
    private final String slot;
    private final PostgresServer server;
    private volatile boolean promoted;

    private PostgresStandby(PostgresLink link, String slot, PostgresServer server) {
        this.link = link;
        this.slot = slot;
        this.server = server;
    }

    /**
     * Copies the primary, which is stopped and started again for it, and follows it.
     *
     * @param database the one whose slots are copied where {@code sync_replication_slots} is on
     * @param standby with the version of the primary and what else the standby shall be like
     */
    public static PostgresStandby follow(PostgresServer primary, String database, PostgresServer.Builder standby)
            throws IOException {
        PostgresLink link = new PostgresLink(primary.port());
        String slot = "standby_" + link.port();
        Path folder = Folders.temporary("standby");
        try {
            Path copy = folder.resolve("data");
            primary.stop();
            primary.copyData(copy);
            primary.startAgain();
            Sql.query(primary.dataSource(), "SELECT pg_create_physical_replication_slot('" + slot + "', true)");
            becomeStandby(copy);
            PostgresServer server = standby.copyOf(copy)
                    .setting(
                            "primary_conninfo",
                            "host=localhost port=" + link.port() + " user=" + primary.user() + " dbname=" + database)
                    .setting("primary_slot_name", slot)
                    .setting("hot_standby_feedback", "on")
                    .start();
            return new PostgresStandby(link, slot, server);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        } finally {
            Folders.delete(folder);
        }
    }

    /** Slots are the primary's own: pg_basebackup leaves them out, too. */
    private static void becomeStandby(Path data) {
        try (Stream<Path> slots = Files.list(data.resolve("pg_replslot"))) {
            slots.forEach(Folders::delete);
            Files.createFile(data.resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The standby, and once it is promoted the new primary. */
    public PostgresServer server() {
        return server;
    }

    /** Its slot at the primary, in which that sees what it has received. */
    public String slot() {
        return slot;
    }

    /** What it hears of the primary over: WAL over the replication line, slots over the other one. */
    public PostgresLink link() {
        return link;
    }

    /** Hears nothing of the primary any more. */
    public void fallBehind() {
        link.replication().cut();
        link.sql().cut();
    }

    /** Makes it a primary; what is on its way from the one before is lost. */
    public void promote() {
        if (!List.of("t").equals(Sql.query(server.dataSource(), "SELECT pg_promote()"))) {
            throw new IllegalStateException("the standby on port " + server.port() + " is not promoted after a minute");
        }
        promoted = true;
    }

    /** Stops following. A standby that was not promoted is killed, its data are deleted; a promoted server goes on. */
    @Override
    public void close() {
        link.close();
        if (!promoted) {
            server.kill();
            server.close();
        }
    }
}
