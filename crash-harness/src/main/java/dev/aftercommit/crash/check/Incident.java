package dev.aftercommit.crash.check;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code outbox.incident}: what the relay told of a changed past.
 *
 * @param epoch the one that it began, if it began one
 * @param events how many events were healed
 * @param ghosts the events that the stream has and the database has not
 */
public record Incident(String kind, @Nullable Integer epoch, long events, List<UUID> ghosts) {
    public Incident {
        ghosts = List.copyOf(ghosts);
    }
}
