package dev.aftercommit.crash;

import dev.aftercommit.crash.world.RelayProcess;
import dev.aftercommit.crash.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does what a relay asks of a person, which is little: types the first line that it proposes. */
final class Operator {
    private static final Pattern PROPOSED = Pattern.compile("\"outbox-relay heal ([a-z-]+)\"");
    /** A person does it once and looks what comes of it. */
    private static final Duration SEEN = Duration.ofSeconds(20);

    private final World world;
    private Instant decided = Instant.MIN;

    Operator(World world) {
        this.world = world;
    }

    void lookAfterIt() throws InterruptedException {
        for (RelayProcess relay : world.relays()) {
            Matcher proposed = PROPOSED.matcher(relay.state());
            if (proposed.find() && Instant.now().isAfter(decided.plus(SEEN))) {
                decided = Instant.now();
                world.log().say(relay.name() + " asks for a decision: " + proposed.group(1));
                world.log().say("heal ended with " + relay.type("heal", proposed.group(1), "--yes"));
            }
        }
    }
}
