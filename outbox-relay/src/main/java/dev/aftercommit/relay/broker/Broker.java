package dev.aftercommit.relay.broker;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.config.NatsConfig;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.stream.JetStreamEventStream;
import dev.aftercommit.relay.stream.StreamPermissions;
import io.nats.client.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to NATS. It does not reconnect by itself: what it had buffered would be sent out of order, so each run
 * of the relay opens its own.
 */
public final class Broker implements AutoCloseable {
    private final Connection connection;
    private final String servers;

    private Broker(Connection connection, String servers) {
        this.connection = connection;
        this.servers = servers;
    }

    /**
     * Connects.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} when no server answers,
     *     {@link ErrorCode#BROKER_UNSUITABLE} when it refuses the login or is not one the relay can work with
     */
    public static Broker connect(NatsConfig config) throws InterruptedException {
        return new Broker(new NatsConnector(config).connect(), config.printable());
    }

    /** The server's version, such as {@code 2.12.1}. */
    public String version() {
        return connection.getServerInfo().getVersion();
    }

    /** Why there are events that the server cannot take, and what to do about it; null when it takes all. */
    public @Nullable String lackOfRoom() {
        return ServerRequirements.lackOfRoom(connection.getServerInfo(), servers);
    }

    /**
     * What the login may not do that the relay has to do for a source, each in a sentence that says how to permit it;
     * changes nothing.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} when there is no answer
     */
    public List<String> missingPermissions(String source) throws InterruptedException {
        return StreamPermissions.missing(connection, source);
    }

    /**
     * A source's stream, which need not exist.
     *
     * @param replicas of the stream, when it has to be made for the first time
     */
    public EventStream stream(String source, int replicas) {
        return new JetStreamEventStream(connection, source, replicas);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
