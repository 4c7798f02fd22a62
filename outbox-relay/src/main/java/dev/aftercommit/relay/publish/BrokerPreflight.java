package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.provision.Finding;
import io.nats.client.Connection;
import java.util.List;

/** Looks whether NATS is set up so that the relay can work with it. Changes nothing. */
public final class BrokerPreflight {
    private BrokerPreflight() {}

    /**
     * Adds what was found.
     *
     * @return whether a server answered
     */
    public static boolean inspect(RelayConfig config, List<Finding> findings) throws InterruptedException {
        try (Connection connection = new NatsConnector(config.nats()).connect()) {
            findings.add(
                    Finding.ok("NATS", "version " + connection.getServerInfo().getVersion() + " with JetStream"));
            EventStream stream = new EventStream(connection, config.source());
            findings.add(stream.inspect());
            return true;
        } catch (AftercommitException e) {
            findings.add(Finding.problem("NATS", e.getMessage()));
            return e.code() != ErrorCode.BROKER_UNAVAILABLE;
        }
    }
}
