package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.testkit.internal.Patience;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Writes events into a source's stream as the relay would, with nothing but a NATS client and the contract.
 *
 * <pre>{@code
 * EventEnvelope event = relay.publish(new AccountCreated("anna"));
 * inbox.awaitHandled(event);
 * }</pre>
 *
 * <p>It remembers what it published, and can do again what relays do when the past has changed. For one thread. May be extended
 * by methods that write a service's own events.
 */
public class TestRelay implements AutoCloseable {
    private static final int AT_ONCE = 1_000;
    private static final long BETWEEN_COMMITS = 8;
    private static final Patience UNTIL_NATS_IS_BACK = new Patience(Duration.ofSeconds(60), Duration.ofMillis(20));

    private final Connection connection;
    private final OutboxStream stream;
    private final EventCodec codec = new JsonEventCodec();
    private final List<NatsMessage> published = new ArrayList<>();
    private int epoch = 1;
    private long lsn = 1_000;

    /** Of a stream that the caller makes, or that is there. */
    public TestRelay(String natsUrl, String source) {
        try {
            this.connection = Nats.connect(Options.builder()
                    .server(natsUrl)
                    .maxReconnects(-1)
                    .reconnectWait(Duration.ofMillis(50))
                    .errorListener(new ErrorListener() {})
                    .build());
        } catch (IOException e) {
            throw new IllegalStateException("NATS cannot be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting to NATS", e);
        }
        this.stream = OutboxStream.of(connection, source);
    }

    /** With its stream, which is made unless it is there. */
    public static TestRelay start(String natsUrl, String source) {
        TestRelay relay = new TestRelay(natsUrl, source);
        relay.stream().create();
        return relay;
    }

    /** Its stream. */
    public final OutboxStream stream() {
        return stream;
    }

    /** Its connection, for what nobody else would do. */
    public final Connection connection() {
        return connection;
    }

    /** Publishes an event; it is stored when this returns, however often NATS is away meanwhile, within a minute. */
    public final EventEnvelope publish(Object event) {
        return publish(event, Map.of());
    }

    /** Publishes an event with headers of its own, such as {@code traceparent}. */
    public final EventEnvelope publish(Object event, Map<String, String> headers) {
        EventEnvelope envelope = envelope(event, headers);
        publish(envelope, codec.write(event));
        return envelope;
    }

    /** Publishes any payload, also one that nobody can read. */
    public final void publish(EventEnvelope envelope, String payload) {
        publish(envelope, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Publishes any bytes. */
    public final void publish(EventEnvelope envelope, byte[] payload) {
        NatsMessage message = message(envelope, payload);
        published.add(message);
        List<Exception> failures = new ArrayList<>();
        boolean stored = UNTIL_NATS_IS_BACK.until(() -> {
            try {
                return connection.jetStream().publish(message).getSeqno() > 0;
            } catch (IOException | JetStreamApiException | IllegalStateException e) {
                failures.add(e);
                return false;
            }
        });
        if (!stored) {
            throw new IllegalStateException(
                    "The event could not be stored in " + stream.name() + " within a minute", failures.getLast());
        }
    }

    /** Publishes many events; they are stored when this returns. Needs a server that stays up. */
    public final List<EventEnvelope> publishAll(List<?> events) {
        List<EventEnvelope> envelopes = new ArrayList<>();
        List<CompletableFuture<PublishAck>> acknowledgements = new ArrayList<>();
        try {
            for (Object event : events) {
                EventEnvelope envelope = envelope(event, Map.of());
                NatsMessage message = message(envelope, codec.write(event).getBytes(StandardCharsets.UTF_8));
                published.add(message);
                envelopes.add(envelope);
                acknowledgements.add(connection.jetStream().publishAsync(message));
                if (acknowledgements.size() == AT_ONCE) {
                    acknowledgements.forEach(CompletableFuture::join);
                    acknowledgements.clear();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        acknowledgements.forEach(CompletableFuture::join);
        return envelopes;
    }

    /** Publishes what was recorded, with its ids, times, positions and headers, as events of this source. */
    public final List<EventEnvelope> replay(StreamRecording recording) {
        return recording.messages().stream().map(this::replay).toList();
    }

    private EventEnvelope replay(StoredMessage recorded) {
        EventEnvelope then = recorded.envelope();
        EventEnvelope now = new EventEnvelope(
                then.eventId(),
                stream.source(),
                then.aggregateType(),
                then.aggregateId(),
                then.eventType(),
                then.eventVersion(),
                then.dataContentType(),
                then.time(),
                then.position(),
                Partitions.of(then.aggregateId(), stream.partitions()),
                then.headers());
        publish(now, recorded.payloadBytes());
        return now;
    }

    /** The envelope of an event that is not published: the next one of the history, as if it had just been committed. */
    public final EventEnvelope envelope(Object event, Map<String, String> headers) {
        EventDescriptor descriptor = EventDescriptor.of(event.getClass());
        String aggregateId = descriptor.aggregateIdOf(event);
        lsn += BETWEEN_COMMITS;
        return new EventEnvelope(
                UUID.randomUUID(),
                stream.source(),
                descriptor.aggregateType(),
                aggregateId,
                descriptor.eventType(),
                descriptor.version(),
                EventEnvelope.JSON,
                Instant.now(),
                new OutboxPosition(epoch, lsn, 0),
                Partitions.of(aggregateId, stream.partitions()),
                headers);
    }

    /** How many events it has published and not forgotten. */
    public final int publishedCount() {
        return published.size();
    }

    /** Stores an event's message once more, past the stream's search for duplicates. */
    public final void publishAgain(EventEnvelope envelope) {
        String id = envelope.eventId().toString();
        published.stream()
                .filter(message -> id.equals(message.getHeaders().getFirst(HeaderNames.CE_ID)))
                .findFirst()
                .ifPresent(this::publishAgain);
    }

    /** Stores these once more, counted from 0 in the order in which they were published first. */
    public final void publishAgain(int from, int to) {
        List.copyOf(published.subList(from, to)).forEach(this::publishAgain);
    }

    /** Stores everything once more, as a relay does that makes its stream again. */
    public final void publishAllAgain() {
        publishAgain(0, published.size());
    }

    /** Stores another event at the position of an earlier one, counted from 0. */
    public final void publishInstead(int index, Object event) {
        NatsMessage earlier = published.get(index);
        Headers headers = new Headers(earlier.getHeaders());
        headers.put(HeaderNames.CE_ID, UUID.randomUUID().toString());
        headers.put(HeaderNames.CE_SUBJECT, EventDescriptor.of(event.getClass()).aggregateIdOf(event));
        publishAgain(NatsMessage.builder()
                .subject(earlier.getSubject())
                .headers(headers)
                .data(codec.write(event).getBytes(StandardCharsets.UTF_8))
                .build());
    }

    /** As with a database that went back: the newest events are not known any more. */
    public final void forgetNewest(int count) {
        published.subList(published.size() - count, published.size()).clear();
    }

    /** From now on positions are of a new epoch. */
    public final void beginEpoch() {
        epoch++;
    }

    private void publishAgain(NatsMessage message) {
        Headers headers = new Headers(message.getHeaders());
        headers.put(HeaderNames.NATS_MSG_ID, UUID.randomUUID().toString());
        try {
            connection
                    .jetStream()
                    .publish(NatsMessage.builder()
                            .subject(message.getSubject())
                            .headers(headers)
                            .data(message.getData())
                            .build());
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static NatsMessage message(EventEnvelope envelope, byte[] payload) {
        Headers headers = new Headers();
        MessageHeaders.write(envelope, headers::put);
        return NatsMessage.builder()
                .subject(envelope.subject().toString())
                .headers(headers)
                .data(payload)
                .build();
    }

    @Override
    public final void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
