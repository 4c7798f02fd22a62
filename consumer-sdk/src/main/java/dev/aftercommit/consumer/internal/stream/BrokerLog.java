package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the NATS client complains about on its own threads; changes of state are told by the consumer. */
final class BrokerLog implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLog.class);

    private final ConsumerIdentity identity;
    private volatile String told = "";
    private volatile @Nullable String distrust;

    BrokerLog(ConsumerIdentity identity) {
        this.identity = identity;
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        if (!error.equals(told)) { // a refused login says the same at every attempt
            LOG.warn("Consumer {}: the NATS server says \"{}\"", identity, error);
            told = error;
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        LOG.debug("Consumer {}: the NATS connection had an exception", identity, exception);
        Throwable cause = exception;
        while (cause != null && !(cause instanceof SSLException)) {
            cause = cause.getCause();
        }
        if (cause != null) {
            String why = String.valueOf(cause.getMessage());
            if (!why.equals(distrust) && connection.getStatus() == Connection.Status.RECONNECTING) {
                LOG.warn("Consumer {}: the NATS server is not trusted: {}", identity, why);
            }
            distrust = why;
        }
    }

    /** Why the server was not trusted since {@link #trustAgain()}; null when it was. */
    @Nullable
    String distrust() {
        return distrust;
    }

    void trustAgain() {
        distrust = null;
    }

    @Override
    public void slowConsumerDetected(Connection connection, io.nats.client.Consumer consumer) {
        LOG.warn("Consumer {}: messages from NATS were dropped; they will be fetched again", identity);
    }
}
