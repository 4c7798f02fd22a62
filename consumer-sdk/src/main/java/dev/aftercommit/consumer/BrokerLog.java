package dev.aftercommit.consumer;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the NATS client complains about on its own threads; changes of state are told by the consumer. */
final class BrokerLog implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLog.class);

    private final ConsumerConfig.Identity identity;
    private volatile String told = "";

    BrokerLog(ConsumerConfig.Identity identity) {
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
    }

    @Override
    public void slowConsumerDetected(Connection connection, io.nats.client.Consumer consumer) {
        LOG.warn("Consumer {}: messages from NATS were dropped; they will be fetched again", identity);
    }
}
