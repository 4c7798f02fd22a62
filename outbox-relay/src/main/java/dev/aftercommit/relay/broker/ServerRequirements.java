package dev.aftercommit.relay.broker;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Limits;
import io.nats.client.api.ServerInfo;
import org.jspecify.annotations.Nullable;

/** What a nats-server must be like. */
final class ServerRequirements {
    /** The oldest server that is tested. */
    private static final String OLDEST = "2.10.27";

    private ServerRequirements() {}

    /**
     * Refuses a server that the relay cannot work with.
     *
     * @param servers how to call it in a message
     * @throws AftercommitException {@link ErrorCode#BROKER_UNSUITABLE}
     */
    static void require(ServerInfo server, String servers) {
        if (server.isOlderThanVersion(OLDEST)) {
            throw unsuitable("NATS at " + servers + " is version " + server.getVersion() + "; the relay needs " + OLDEST
                    + " or newer. Upgrade nats-server.");
        }
        if (!server.isJetStreamAvailable()) {
            throw unsuitable("NATS at " + servers + " runs without JetStream."
                    + " Start nats-server with -js, or put a jetstream block into its configuration.");
        }
    }

    /** Why there are events that the server cannot take; null when it takes all. */
    static @Nullable String lackOfRoom(ServerInfo server, String servers) {
        return server.getMaxPayload() >= Limits.MAX_MESSAGE_BYTES
                ? null
                : "NATS at " + servers + " takes messages of at most " + server.getMaxPayload()
                        + " bytes, but the outbox accepts events of up to " + Limits.MAX_MESSAGE_BYTES
                        + " with their headers. Set max_payload: 1MB or more in nats-server's configuration.";
    }

    private static AftercommitException unsuitable(String message) {
        return new AftercommitException(ErrorCode.BROKER_UNSUITABLE, message);
    }
}
