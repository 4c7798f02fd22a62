package dev.aftercommit.crash;

import dev.aftercommit.crash.world.RelayProcess;
import dev.aftercommit.crash.world.World;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.Locale;

/** Does what a relay asks of a person, which is little: "delete the stream, it will be made again". */
final class Operator {
    private final World world;

    Operator(World world) {
        this.world = world;
    }

    void lookAfterIt() throws InterruptedException {
        for (RelayProcess relay : world.relays()) {
            String state = relay.state().toLowerCase(Locale.ROOT);
            if (state.startsWith("blocked") && state.contains("delete the stream")) {
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
