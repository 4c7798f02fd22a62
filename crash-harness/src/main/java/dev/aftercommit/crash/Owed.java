package dev.aftercommit.crash;

import dev.aftercommit.crash.check.ParkingReader;
import dev.aftercommit.crash.check.StreamReader;
import dev.aftercommit.crash.world.EventStream;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What is in the table, not in the stream and not held back either, when nothing is written any more. Not thread-safe. */
final class Owed {
    private final World world;
    private final Set<UUID> events;
    private String lookedAt = "";
    private boolean nothing;

    Owed(World world) {
        this.world = world;
        this.events = Sql.query(world.database(), "SELECT id FROM outbox.event").stream()
                .map(UUID::fromString)
                .collect(Collectors.toSet());
    }

    /**
     * Whether the stream has everything else, and nothing is to be retried or discarded. Reads it anew only after a change,
     * or it would take the machine from the relay that is waited for.
     *
     * @param fingerprint changes when the stream does, or what is held back
     */
    boolean isNothing(String fingerprint) throws IOException, SQLException, InterruptedException {
        if (!fingerprint.equals(lookedAt)) {
            Set<UUID> missing = new HashSet<>(events);
            missing.removeAll(ParkingReader.heldBack(world.database()));
            StreamReader.messages(world.broker().url(), EventStream.NAME)
                    .forEach(message -> message.id().ifPresent(missing::remove));
            nothing = missing.isEmpty() && world.parked().isAllDone();
            lookedAt = fingerprint;
        }
        return nothing;
    }
}
