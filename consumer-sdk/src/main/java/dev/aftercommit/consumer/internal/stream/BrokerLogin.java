package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ServerInfo;
import java.io.IOException;
import java.net.URI;
import java.util.stream.Collectors;

/** Connects, and says in words what is wrong with a server that cannot be used. Never tells a password. */
final class BrokerLogin {
    static final String OLDEST_SERVER = "2.10.27";

    private BrokerLogin() {}

    /**
     * A new connection to a server that has what a consumer needs.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} or {@link ErrorCode#BROKER_UNSUITABLE}
     */
    static Connection connect(Options options) {
        Connection connection = dial(options);
        ServerInfo server = connection.getServerInfo();
        String problem = null;
        if (!server.isSameOrNewerThanVersion(OLDEST_SERVER)) {
            problem = "is version " + server.getVersion() + ". Use " + OLDEST_SERVER + " or a newer one.";
        } else if (!server.isJetStreamAvailable()) {
            problem = "has no JetStream. Start it with -js, or with a jetstream block in its configuration.";
        }
        if (problem != null) {
            close(connection);
            throw new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE, "The NATS server at " + servers(options) + ' ' + problem);
        }
        return connection;
    }

    private static Connection dial(Options options) {
        BrokerLog log = options.getErrorListener() instanceof BrokerLog own ? own : null;
        if (log != null) {
            log.trustAgain();
        }
        try {
            return Nats.connect(options);
        } catch (AuthenticationException e) {
            throw new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE,
                    "NATS at " + servers(options) + " refuses the login (" + e.getMessage()
                            + "). Give the right credentials with natsOptions(...).",
                    e);
        } catch (IOException e) {
            String distrust = log == null ? null : log.distrust();
            if (distrust != null) {
                throw new AftercommitException(
                        ErrorCode.BROKER_UNSUITABLE,
                        "NATS at " + servers(options) + " is not trusted: " + distrust
                                + ". Give nats(...) a name that the server's certificate is for, and natsOptions(...) an"
                                + " sslContext that trusts whoever signed it.",
                        e);
            }
            throw new AftercommitException(
                    ErrorCode.BROKER_UNAVAILABLE,
                    "NATS cannot be reached at " + servers(options)
                            + ". Start it, or correct the address given with nats(...).",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AftercommitException(
                    ErrorCode.BROKER_UNAVAILABLE, "The thread was interrupted while it connected to NATS.", e);
        }
    }

    /** Without the user and password that an address may hold. */
    private static String servers(Options options) {
        return options.getServers().stream().map(BrokerLogin::withoutUser).collect(Collectors.joining(", "));
    }

    private static String withoutUser(URI server) {
        return server.getScheme() + "://" + server.getHost() + (server.getPort() < 0 ? "" : ":" + server.getPort());
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
