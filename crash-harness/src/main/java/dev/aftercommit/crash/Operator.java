package dev.aftercommit.crash;

import dev.aftercommit.crash.world.RelayProcess;
import dev.aftercommit.crash.world.World;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Does what a relay asks of a person, which is little: "delete the stream, it will be made again". */
final class Operator {
    /** A person does it once and looks what comes of it. */
    private static final Duration SEEN = Duration.ofSeconds(20);

    private final World world;
    private Instant deleted = Instant.MIN;

    Operator(World world) {
        this.world = world;
    }

    void lookAfterIt() throws InterruptedException {
        for (RelayProcess relay : world.relays()) {
            String state = relay.state().toLowerCase(Locale.ROOT);
            boolean asks = state.startsWith("blocked") && state.contains("delete the stream");
            if (asks && Instant.now().isAfter(deleted.plus(SEEN))) {
                deleted = Instant.now();
                deleteStream(relay);
            }
        }
    }

    private void deleteStream(RelayProcess relay) {
        world.log().say(relay.name() + " asks for the stream to be deleted");
        try {
            world.stream().delete();
        } catch (IOException | JetStreamApiException e) {
            world.log().say("the stream cannot be deleted: " + e.getMessage());
        }
    }
}
