package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.Sql;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What the relay holds back, and what an operator types to have something done with it. Thread-safe. */
public final class ParkedEvents {
    private final World world;
    private final Set<UUID> givenUp = ConcurrentHashMap.newKeySet();

    ParkedEvents(World world) {
        this.world = world;
    }

    public boolean isEmpty() {
        return query("SELECT 1 FROM outbox.parked_event LIMIT 1").isEmpty();
    }

    /** Changes when something is parked, released or asked for; begins with how many events wait. */
    public String fingerprint() {
        return query("SELECT count(*) || ' parked, ' || count(requested) || ' requested' FROM outbox.parked_event")
                .getFirst();
    }

    /** Whether nothing waits that somebody wants to be retried or discarded. */
    public boolean isAllDone() {
        return query("SELECT 1 FROM outbox.parked_event WHERE requested IS NOT NULL LIMIT 1")
                .isEmpty();
    }

    /** Some of those that wait, or all when they are fewer. */
    public List<UUID> some(int most, Random random) {
        return query("SELECT event_id FROM outbox.parked_event ORDER BY md5(event_id || '" + random.nextLong()
                        + "') LIMIT " + most)
                .stream()
                .map(UUID::fromString)
                .toList();
    }

    /** Has everything published. */
    public void retryAll() {
        type("retry", "--all");
    }

    /** Has the queue published in which this event waits. */
    public void retry(UUID event) {
        type("retry", "--event", event.toString());
    }

    /** Has this event never be published. */
    public void discard(UUID event) {
        givenUp.add(event);
        type("discard", "--event", event.toString(), "--yes");
    }

    private void type(String request, String... words) {
        String[] command = new String[2 + words.length];
        command[0] = "parked";
        command[1] = request;
        System.arraycopy(words, 0, command, 2, words.length);
        int exitCode = world.relays().getFirst().type(command);
        world.log().say(String.join(" ", command) + " ended with " + exitCode);
    }

    /** What somebody wanted to be discarded, whatever came of it. */
    public Set<UUID> givenUp() {
        return Set.copyOf(givenUp);
    }

    private List<String> query(String sql) {
        return Sql.query(world.database(), sql);
    }
}
