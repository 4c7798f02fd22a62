package dev.aftercommit.demo.page;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.Subject;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.StreamContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the stream of the source for the page, from a little before its end. It waits for a server or a stream that
 * is not there yet, and survives their loss.
 */
final class StreamTail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamTail.class);
    private static final long HISTORY = 40;
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Options options;
    private final EventFeed feed;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Connection connection;
    private long seen;

    StreamTail(String servers, EventFeed feed) {
        this.options = new Options.Builder()
                .servers(servers.split(","))
                .maxReconnects(-1)
                .reconnectWait(RETRY)
                .connectionName("demo-page")
                .inboxPrefix("_INBOX_page")
                .errorListener(new ErrorListener() {})
                .build();
        this.feed = feed;
        this.thread = Thread.ofVirtual().name("stream-tail").start(this::run);
    }

    /** How many messages the stream holds; null when it cannot be asked, 0 before there is a stream. */
    @Nullable
    Long stored() {
        Connection open = connection;
        if (open == null || open.getStatus() != Connection.Status.CONNECTED) {
            return null;
        }
        try {
            return stream(open).getStreamInfo().getStreamState().getMsgCount();
        } catch (IOException | JetStreamApiException noStream) {
            return noStream instanceof JetStreamApiException ? 0L : null;
        }
    }

    private void run() {
        while (!closed) {
            try {
                follow();
            } catch (InterruptedException e) {
                return;
            } catch (IOException | JetStreamApiException | JetStreamStatusCheckedException | RuntimeException e) {
                LOG.debug("The stream cannot be followed yet; trying again", e);
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void follow()
            throws IOException, InterruptedException, JetStreamApiException, JetStreamStatusCheckedException {
        Connection open = connection;
        if (open == null) {
            open = Nats.connect(options);
            connection = open;
        }
        StreamContext stream = stream(open);
        long end = stream.getStreamInfo().getStreamState().getLastSequence();
        long start = seen == 0 || seen > end ? Math.max(1, end - HISTORY + 1) : seen + 1;
        try (IterableConsumer messages = stream.createOrderedConsumer(new OrderedConsumerConfiguration()
                        .deliverPolicy(DeliverPolicy.ByStartSequence)
                        .startSequence(start)
                        .headersOnly(true))
                .iterate()) {
            while (!closed) {
                Message message = messages.nextMessage(WAIT);
                if (message != null) {
                    show(message);
                }
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IOException(e);
        }
    }

    private void show(Message message) {
        seen = message.metaData().streamSequence();
        try {
            feed.stored(seen, envelope(message), message.metaData().timestamp().toInstant());
        } catch (AftercommitException e) {
            LOG.warn("Message {} of the stream is not shown: {}", seen, e.getMessage());
        }
    }

    private static EventEnvelope envelope(Message message) {
        Map<String, String> headers = new HashMap<>();
        if (message.hasHeaders()) {
            message.getHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        }
        return MessageHeaders.read(message.getSubject(), headers);
    }

    private static StreamContext stream(Connection connection) throws IOException, JetStreamApiException {
        return connection.getStreamContext(Subject.streamOf(PageConfig.SOURCE));
    }

    private static boolean pause() {
        try {
            Thread.sleep(RETRY);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        Connection open = connection;
        if (open != null) {
            try {
                open.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
