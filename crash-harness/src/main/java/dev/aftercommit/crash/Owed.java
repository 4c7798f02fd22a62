package dev.aftercommit.crash;

import dev.aftercommit.crash.check.StreamReader;
import dev.aftercommit.crash.world.EventStream;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** What is in the table and not in the stream, when nothing is written any more. Not thread-safe. */
final class Owed {
    private final World world;
    private final Set<String> events;
    private String lookedAt = "";
    private boolean nothing;

    Owed(World world) {
        this.world = world;
        this.events = new HashSet<>(Sql.query(world.database(), "SELECT id FROM outbox.event"));
    }

    /**
     * Whether the stream has everything. Reads it anew only after a change, or it would take the machine from the relay
     * that is waited for.
     *
     * @param fingerprint changes when the stream does
     */
    boolean isNothing(String fingerprint) throws IOException, InterruptedException {
        if (!fingerprint.equals(lookedAt)) {
            Set<String> missing = new HashSet<>(events);
            StreamReader.messages(world.broker().url(), EventStream.NAME)
                    .forEach(message -> message.id().ifPresent(id -> missing.remove(id.toString())));
            nothing = missing.isEmpty();
            lookedAt = fingerprint;
        }
        return nothing;
    }
}
