package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.Sql;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** What consumers hold back, and what an operator does about it with the functions of their database. Thread-safe. */
public final class DeadEvents {
    private final DataSource database;
    private final Set<UUID> asked = ConcurrentHashMap.newKeySet();
    private final Set<UUID> discarded = ConcurrentHashMap.newKeySet();

    DeadEvents(DataSource database) {
        this.database = database;
    }

    public boolean isAnythingHeld() {
        return !Sql.query(database, "SELECT 1 FROM inbox.parked_event LIMIT 1").isEmpty();
    }

    /** Some of the dead ones, or all when they are fewer. */
    public List<UUID> some(int most, Random random) {
        return Sql.query(
                        database,
                        "SELECT event_id FROM inbox.parked_event WHERE state = 'dead' ORDER BY md5(event_id || '"
                                + random.nextLong() + "') LIMIT " + most)
                .stream()
                .map(UUID::fromString)
                .toList();
    }

    /** Has all dead ones tried again; returns how many there were. */
    public int redriveAll() {
        return Sql.query(database, "SELECT inbox.redrive(which_consumer => 'directory')")
                .size();
    }

    /** Has this one be tried again. */
    public void redrive(UUID event) {
        Sql.query(database, "SELECT inbox.redrive(which_event_id => '" + event + "')");
    }

    /** Has this one, if it is dead, never be handled. */
    public void discard(UUID event) {
        asked.add(event);
        if (!Sql.query(database, "SELECT inbox.discard(which_event_id => '" + event + "')")
                .isEmpty()) {
            discarded.add(event);
        }
    }

    /** Removes what the handlers stumble over. */
    public void mend() {
        Sql.execute(database, "INSERT INTO mended DEFAULT VALUES");
    }

    /** What somebody wanted to be discarded, whatever came of it. */
    public Set<UUID> asked() {
        return Set.copyOf(asked);
    }

    /** What the database said was discarded. */
    public Set<UUID> discarded() {
        return Set.copyOf(discarded);
    }
}
