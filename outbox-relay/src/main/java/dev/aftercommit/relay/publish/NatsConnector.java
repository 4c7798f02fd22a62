package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Limits;
import dev.aftercommit.relay.config.NatsConfig;
import io.nats.client.AuthHandler;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ServerInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to NATS, and looks whether the server is one that the relay can work with. A connection does not
 * reconnect by itself: what it had buffered would be sent out of order, so each run of the relay opens its own.
 */
public final class NatsConnector {
    /** The oldest server that is tested. */
    public static final String MINIMUM_VERSION = "2.10.0";

    private static final Logger LOG = LoggerFactory.getLogger(NatsConnector.class);
    private static final String INBOX_PREFIX = "_INBOX_relay";
    private static final int OUTGOING_QUEUE = 4 * FencedPublisher.WINDOW;

    private final NatsConfig config;

    public NatsConnector(NatsConfig config) {
        this.config = config;
    }

    /**
     * Connects.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} when no server answers,
     *     {@link ErrorCode#BROKER_UNSUITABLE} when it refuses the login or is not one the relay can work with
     */
    public Connection connect() throws InterruptedException {
        String servers = String.join(",", config.servers());
        Connection connection;
        try {
            connection = Nats.connect(options());
        } catch (AuthenticationException e) {
            throw refused(servers, e);
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("Authorization")) {
                throw refused(servers, e);
            }
            throw new AftercommitException(
                    ErrorCode.BROKER_UNAVAILABLE,
                    "NATS at " + servers + " cannot be reached: " + e.getMessage()
                            + ". Check OUTBOX_NATS_URL and that the server runs.",
                    e);
        }
        try {
            check(connection.getServerInfo(), servers);
            return connection;
        } catch (AftercommitException e) {
            connection.close();
            throw e;
        }
    }

    private static void check(ServerInfo server, String servers) {
        if (server.isOlderThanVersion(MINIMUM_VERSION)) {
            throw unsuitable("NATS at " + servers + " is version " + server.getVersion()
                    + "; the relay needs 2.10.27 or newer. Upgrade nats-server.");
        }
        if (!server.isJetStreamAvailable()) {
            throw unsuitable(
                    "NATS at " + servers
                            + " runs without JetStream. Start nats-server with -js, or put a jetstream block into its configuration.");
        }
        if (server.getMaxPayload() < Limits.MAX_MESSAGE_BYTES) {
            throw unsuitable("NATS at " + servers + " takes messages of at most " + server.getMaxPayload()
                    + " bytes, but the outbox accepts events of up to " + Limits.MAX_MESSAGE_BYTES
                    + " with their headers. Set max_payload: 1MB or more in nats-server's configuration.");
        }
    }

    private Options options() {
        Options.Builder options = Options.builder()
                .servers(config.servers().toArray(String[]::new))
                .connectionName("outbox-relay")
                .inboxPrefix(INBOX_PREFIX)
                .connectionTimeout(Duration.ofSeconds(5))
                .noReconnect()
                .pingInterval(Duration.ofSeconds(5))
                .maxPingsOut(2)
                .requestCleanupInterval(Duration.ofSeconds(2))
                .useTimeoutException()
                .dontForceFlushOnRequest()
                .maxMessagesInOutgoingQueue(OUTGOING_QUEUE)
                .errorListener(new LoggedErrors());
        login(options);
        try {
            if (config.tls().isSet()) {
                options.sslContext(PemTls.context(config.tls()));
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "The TLS files for NATS cannot be used: " + e.getMessage()
                            + ". OUTBOX_NATS_TLS_CA, _CERT and _KEY name PEM files, the key in PKCS #8.",
                    e);
        }
        return options.build();
    }

    private void login(Options.Builder options) {
        NatsConfig.Login login = config.login();
        if (login.credentialsFile() != null) {
            options.authHandler(Nats.credentials(login.credentialsFile().toString()));
        } else if (login.nkeyFile() != null) {
            options.authHandler(nkey(login.nkeyFile()));
        } else if (login.token() != null) {
            options.token(login.token().toCharArray());
        } else if (login.user() != null) {
            String password = login.password() == null ? "" : login.password();
            options.userInfo(login.user().toCharArray(), password.toCharArray());
        }
    }

    private static AuthHandler nkey(Path seedFile) {
        try {
            NKey key = NKey.fromSeed(Files.readString(seedFile).strip().toCharArray());
            return new NkeyLogin(key);
        } catch (IOException | IllegalArgumentException e) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "OUTBOX_NATS_NKEY: " + seedFile + " does not hold an NKey seed (a line that starts with SU).",
                    e);
        }
    }

    private static AftercommitException refused(String servers, IOException cause) {
        return new AftercommitException(
                ErrorCode.BROKER_UNSUITABLE,
                "NATS at " + servers
                        + " refuses the login. Check OUTBOX_NATS_CREDS, _NKEY, _USER and _PASSWORD, or _TOKEN.",
                cause);
    }

    private static AftercommitException unsuitable(String message) {
        return new AftercommitException(ErrorCode.BROKER_UNSUITABLE, message);
    }

    /** Signs with a bare NKey, without a JWT. */
    private record NkeyLogin(NKey key) implements AuthHandler {
        @Override
        public byte[] sign(byte[] nonce) {
            try {
                return key.sign(nonce);
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("The NKey cannot sign: " + e.getMessage(), e);
            }
        }

        @Override
        public char[] getID() {
            try {
                return key.getPublicKey();
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("The NKey has no public key: " + e.getMessage(), e);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // jnats' interface is not annotated; null means "no JWT"
        public char @Nullable [] getJWT() {
            return null;
        }
    }

    private static final class LoggedErrors implements ErrorListener {
        @Override
        public void errorOccurred(Connection connection, String error) {
            LOG.warn("NATS reports: {}; the run that it concerns ends and starts again", error);
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception exception) {
            LOG.debug("NATS connection: {}", exception.toString());
        }
    }
}
