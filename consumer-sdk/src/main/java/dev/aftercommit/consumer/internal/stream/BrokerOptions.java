package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.tls.HostCheck;
import io.nats.client.Options;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/** The options of the connection to NATS: quick to notice a dead server, quick to come back, for ever. */
public final class BrokerOptions {
    private static final Duration RECONNECT_WAIT = Duration.ofMillis(200);
    private static final Duration RECONNECT_JITTER = Duration.ofMillis(100);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private BrokerOptions() {}

    public static Options of(ConsumerIdentity identity, String urls, Consumer<Options.Builder> customizer) {
        try {
            Options.Builder builder = Options.builder()
                    .server(urls)
                    .connectionName("aftercommit consumer " + identity)
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .reconnectWait(RECONNECT_WAIT)
                    .reconnectJitter(RECONNECT_JITTER)
                    .pingInterval(PING_INTERVAL)
                    .errorListener(new BrokerLog(identity));
            customizer.accept(builder);
            Options options = builder.maxReconnects(-1).build();
            SSLContext tls = options.getSslContext();
            return tls == null
                    ? options
                    : builder.sslContext(HostCheck.in(tls, options.getServers()))
                            .build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING, "The settings for NATS cannot be used: " + e.getMessage() + ".", e);
        }
    }
}
