package dev.aftercommit.relay.broker;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.tls.HostCheck;
import dev.aftercommit.relay.config.NatsConfig;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.publish.FencedPublisher;
import dev.aftercommit.relay.publish.PermissionViolation;
import io.nats.client.AuthHandler;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to NATS with every login and TLS, and refuses servers that the relay cannot work with. */
final class NatsConnector {
    private static final Logger LOG = LoggerFactory.getLogger(NatsConnector.class);
    private static final int OUTGOING_QUEUE = 4 * FencedPublisher.WINDOW;

    private final NatsConfig config;

    NatsConnector(NatsConfig config) {
        this.config = config;
    }

    /**
     * Connects.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} when no server answers,
     *     {@link ErrorCode#BROKER_UNSUITABLE} when it refuses the login or is not one the relay can work with
     */
    Connection connect() throws InterruptedException {
        String servers = config.printable();
        FirstFailure failure = new FirstFailure();
        Connection connection;
        try {
            connection = Nats.connect(options(failure));
        } catch (IOException e) {
            throw failed(servers, failure.or(e));
        }
        try {
            ServerRequirements.require(connection.getServerInfo(), servers);
            return connection;
        } catch (AftercommitException e) {
            connection.close();
            throw e;
        }
    }

    private AftercommitException failed(String servers, Exception e) {
        String said = Reason.of(e);
        if (e instanceof AuthenticationException || said.contains("Authorization") || said.contains("Authentication")) {
            return new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE,
                    "NATS at " + servers
                            + " refuses the login. Check OUTBOX_NATS_CREDS, _NKEY, _USER and _PASSWORD, or _TOKEN.",
                    e);
        }
        if (e instanceof SSLException || said.contains("SSL")) {
            return new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE,
                    "TLS with NATS at " + servers + " fails: " + Reason.rootOf(e)
                            + ". Check OUTBOX_NATS_TLS_CA, that OUTBOX_NATS_URL has a name that the server's certificate is"
                            + " for, and _TLS_CERT and _TLS_KEY when the server asks for a client certificate.",
                    e);
        }
        return new AftercommitException(
                ErrorCode.BROKER_UNAVAILABLE,
                "NATS at " + servers + " cannot be reached: " + Reason.rootOf(e)
                        + ". Check OUTBOX_NATS_URL and that the server runs"
                        + (config.tls().isSet()
                                ? ", and OUTBOX_NATS_TLS_CERT and _TLS_KEY if it asks for a client certificate."
                                : "."),
                e);
    }

    private Options options(FirstFailure failure) {
        Options.Builder options = Options.builder()
                .servers(config.servers().toArray(String[]::new))
                .connectionName("outbox-relay")
                .inboxPrefix(NatsConfig.INBOX_PREFIX)
                .connectionTimeout(Duration.ofSeconds(5))
                .noReconnect()
                .pingInterval(Duration.ofSeconds(5))
                .maxPingsOut(2)
                .requestCleanupInterval(Duration.ofSeconds(2))
                .useTimeoutException()
                .dontForceFlushOnRequest()
                .maxMessagesInOutgoingQueue(OUTGOING_QUEUE)
                .errorListener(failure);
        login(options);
        try {
            if (config.tls().isSet()) {
                options.sslContext(PemTls.context(config.tls()));
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "The TLS files for NATS cannot be used: " + Reason.of(e)
                            + ". OUTBOX_NATS_TLS_CA, _CERT and _KEY name PEM files, the key in PKCS #8.",
                    e);
        }
        return checkingHosts(options);
    }

    private static Options checkingHosts(Options.Builder builder) {
        Options options = builder.build();
        SSLContext tls = options.getSslContext();
        return tls == null
                ? options
                : builder.sslContext(HostCheck.in(tls, options.getServers())).build();
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

    /**
     * Hears why an attempt to connect failed, of which the exception at its end tells only that it did; and later what
     * the server complains about.
     */
    private static final class FirstFailure implements ErrorListener {
        private final AtomicReference<@Nullable Exception> first = new AtomicReference<>();

        Exception or(IOException last) {
            Exception heard = first.get();
            return heard == null || last instanceof AuthenticationException ? last : heard;
        }

        @Override
        public void errorOccurred(Connection connection, String error) {
            // What fails for want of a permission says so itself.
            if (connection.getStatus() == Connection.Status.CONNECTED && !PermissionViolation.isOne(error)) {
                LOG.warn("NATS reports: {}", error);
            } else {
                LOG.debug("NATS reports: {}", error);
            }
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception exception) {
            first.compareAndSet(null, exception);
            LOG.debug("NATS connection: {}", exception.toString());
        }
    }
}
