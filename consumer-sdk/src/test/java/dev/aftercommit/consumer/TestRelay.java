package dev.aftercommit.consumer;

import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.contract.Subject;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamState;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes a stream as the relay does, with nothing but jnats and the contract. For one thread. */
final class TestRelay implements AutoCloseable {
    static final int PARTITIONS = 16;

    private final String source;
    private final Connection connection;
    private final JsonEventCodec codec = new JsonEventCodec();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<NatsMessage> published = new ArrayList<>();
    private int partitions = PARTITIONS;
    private int epoch = 1;
    private @Nullable UUID history;
    private @Nullable UUID branch;
    private long lsn = 1_000;

    TestRelay(String url, String source) {
        this.source = source;
        try {
            this.connection = Nats.connect(Options.builder()
                    .server(url)
                    .maxReconnects(-1)
                    .reconnectWait(Duration.ofMillis(50))
                    .errorListener(new io.nats.client.ErrorListener() {})
                    .build());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With its stream. */
    static TestRelay start(String url, String source) {
        TestRelay relay = new TestRelay(url, source);
        relay.createStream(PARTITIONS);
        return relay;
    }

    void createStream(int count) {
        partitions = count;
        try {
            management().addStream(configuration(source, count));
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Says in the stream's metadata that it belongs to another source. */
    void claimFor(String owner) {
        try {
            management().updateStream(configuration(owner, partitions));
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    private StreamConfiguration configuration(String owner, int count) {
        return StreamConfiguration.builder()
                .name(stream())
                .subjects(Subject.allOf(source))
                .storageType(StorageType.File)
                .allowDirect(true)
                .metadata(metadata(owner, count))
                .build();
    }

    private Map<String, String> metadata(String owner, int count) {
        Map<String, String> metadata = new HashMap<>();
        metadata.put(StreamMetadata.SOURCE, owner);
        metadata.put(StreamMetadata.PARTITIONS, Integer.toString(count));
        if (history != null && branch != null) {
            metadata.put(StreamMetadata.HISTORY, history.toString());
            metadata.put(StreamMetadata.BRANCH, branch.toString());
        }
        return metadata;
    }

    /** Says in the stream's metadata whose past it tells; also of streams that are made from now on. */
    void tell(UUID ownHistory, UUID ownBranch) {
        history = ownHistory;
        branch = ownBranch;
        change(StreamConfiguration.Builder::build);
    }

    /** Gives the stream limits of its own. */
    void change(Function<StreamConfiguration.Builder, StreamConfiguration> change) {
        try {
            management().updateStream(change.apply(StreamConfiguration.builder(configuration(source, partitions))));
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    StreamState state() {
        try {
            return management().getStreamInfo(stream()).getStreamState();
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on positions are of a new epoch. */
    void beginEpoch() {
        epoch++;
    }

    /** As a database that went back: the newest events are not known any more. */
    void forgetNewest(int count) {
        published.subList(published.size() - count, published.size()).clear();
    }

    void deleteStream() {
        try {
            management().deleteStream(stream());
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    String stream() {
        return Subject.streamOf(source);
    }

    JetStreamManagement management() {
        try {
            return connection.jetStreamManagement();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next AccountCreated of an account, stored when it returns, however often the server is away meanwhile. */
    EventEnvelope publish(String account) {
        return publish(new AccountCreated(account, numbers.merge(account, 1, Integer::sum)));
    }

    EventEnvelope publish(Object event) {
        EventEnvelope envelope = envelope(event);
        publish(envelope, codec.write(event));
        return envelope;
    }

    void publish(EventEnvelope envelope, String payload) {
        NatsMessage message = message(envelope, payload);
        published.add(message);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(() -> connection.jetStream().publish(message).getSeqno() > 0);
    }

    /** Many AccountCreated, round robin over these accounts; stored when it returns. Needs a server that stays up. */
    void publishBurst(int count, List<String> accounts) {
        List<CompletableFuture<PublishAck>> acknowledgements = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                String account = accounts.get(i % accounts.size());
                AccountCreated event = new AccountCreated(account, numbers.merge(account, 1, Integer::sum));
                NatsMessage message = message(envelope(event), codec.write(event));
                published.add(message);
                acknowledgements.add(connection.jetStream().publishAsync(message));
                if (acknowledgements.size() == 1_000) {
                    acknowledgements.forEach(CompletableFuture::join);
                    acknowledgements.clear();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        acknowledgements.forEach(CompletableFuture::join);
    }

    /** Stores everything again, in the same order, as a relay that replays does; under new message ids, so not dropped. */
    void publishAllAgain() {
        publishAgain(0, published.size());
    }

    /** Stores these again, counted from 0 in the order in which they were published first. */
    void publishAgain(int from, int to) {
        List.copyOf(published.subList(from, to)).forEach(this::publishAgain);
    }

    /** Stores another event where an earlier one was. */
    void publishInstead(int index, String account) {
        AccountCreated event = new AccountCreated(account, numbers.merge(account, 1, Integer::sum));
        NatsMessage earlier = published.get(index);
        Headers headers = new Headers(earlier.getHeaders());
        headers.put("ce-id", UUID.randomUUID().toString());
        headers.put("ce-subject", account);
        publishAgain(NatsMessage.builder()
                .subject(earlier.getSubject())
                .headers(headers)
                .data(codec.write(event).getBytes(StandardCharsets.UTF_8))
                .build());
    }

    /** Stores the message of this event once more. */
    void publishAgain(EventEnvelope envelope) {
        published.stream()
                .filter(message -> message.getHeaders()
                        .getFirst("ce-id")
                        .equals(envelope.eventId().toString()))
                .findFirst()
                .ifPresent(this::publishAgain);
    }

    private void publishAgain(NatsMessage message) {
        Headers headers = new Headers(message.getHeaders());
        headers.put("Nats-Msg-Id", UUID.randomUUID().toString());
        try {
            connection
                    .jetStream()
                    .publish(NatsMessage.builder()
                            .subject(message.getSubject())
                            .headers(headers)
                            .data(message.getData())
                            .build());
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    EventEnvelope envelope(Object event) {
        EventDescriptor descriptor = EventDescriptor.of(event.getClass());
        String aggregateId = descriptor.aggregateIdOf(event);
        return new EventEnvelope(
                UUID.randomUUID(),
                source,
                descriptor.aggregateType(),
                aggregateId,
                descriptor.eventType(),
                descriptor.version(),
                EventEnvelope.JSON,
                Instant.now(),
                new OutboxPosition(epoch, lsn += 8, 0),
                Partitions.of(aggregateId, partitions),
                Map.of("tenant", "blue"));
    }

    int publishedCount() {
        return published.size();
    }

    Connection connection() {
        return connection;
    }

    private static NatsMessage message(EventEnvelope envelope, String payload) {
        Headers headers = new Headers();
        MessageHeaders.write(envelope, headers::put);
        return NatsMessage.builder()
                .subject(envelope.subject().toString())
                .headers(headers)
                .data(payload.getBytes(StandardCharsets.UTF_8))
                .build();
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
