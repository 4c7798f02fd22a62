package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.FencedPublisher;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link EventStream} by JetStream. */
public final class JetStreamEventStream implements EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(JetStreamEventStream.class);
    private static final int NOT_FOUND = 10059;
    private static final int NO_MESSAGE = 10037;
    private static final int SUBJECTS_OVERLAP = 10065;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final Connection connection;
    private final String source;
    private final StreamShape shape;
    private final int replicas;

    /**
     * @param replicas of the stream, when it has to be made for the first time
     */
    public JetStreamEventStream(Connection connection, String source, int replicas) {
        this.connection = connection;
        this.source = source;
        this.shape = new StreamShape(source);
        this.replicas = replicas;
    }

    @Override
    public String name() {
        return shape.name();
    }

    @Override
    public @Nullable StreamState look() {
        StreamInfo info = find();
        return info == null ? null : shape.read(info);
    }

    private @Nullable StreamInfo find() {
        try {
            return connection.jetStreamManagement().getStreamInfo(name());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NOT_FOUND) {
                return null;
            }
            throw ApiFailure.refused("Stream " + name() + " cannot be looked at", e);
        } catch (IOException e) {
            throw ApiFailure.noAnswer("Stream " + name() + " cannot be looked at", connection, e);
        }
    }

    @Override
    public void make(@Nullable String likeness) {
        StreamConfiguration configuration = likeness == null ? shape.configuration(replicas) : shape.like(likeness);
        try {
            connection.jetStreamManagement().addStream(configuration);
            LOG.info("Made stream {}", name());
        } catch (JetStreamApiException e) {
            if (find() != null) {
                return; // made by another meanwhile
            }
            if (e.getApiErrorCode() == SUBJECTS_OVERLAP) {
                throw ApiFailure.mismatch("Stream " + name() + " cannot be made because another stream listens to "
                        + Subject.allOf(source) + ". Change that stream's subjects, or OUTBOX_SOURCE.");
            }
            throw ApiFailure.refused("Stream " + name() + " cannot be made", e);
        } catch (IOException e) {
            throw ApiFailure.noAnswer("Stream " + name() + " cannot be made", connection, e);
        }
    }

    @Override
    public void delete() {
        try {
            connection.jetStreamManagement().deleteStream(name());
            LOG.info("Deleted stream {}", name());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != NOT_FOUND) {
                throw ApiFailure.refused("Stream " + name() + " cannot be deleted", e);
            }
        } catch (IOException e) {
            throw ApiFailure.noAnswer("Stream " + name() + " cannot be deleted", connection, e);
        }
    }

    @Override
    public void label(UUID history, UUID branch) {
        StreamInfo info = find();
        if (info == null) {
            return;
        }
        Map<String, String> found = StreamShape.metadata(info.getConfiguration());
        Map<String, String> metadata = new HashMap<>(found);
        metadata.put(StreamMetadata.SOURCE, source);
        metadata.put(StreamMetadata.PARTITIONS, Integer.toString(shape.partitions(found)));
        metadata.put(StreamMetadata.HISTORY, history.toString());
        metadata.put(StreamMetadata.BRANCH, branch.toString());
        if (metadata.equals(found)) {
            return;
        }
        try {
            connection
                    .jetStreamManagement()
                    .updateStream(StreamConfiguration.builder(info.getConfiguration())
                            .metadata(metadata)
                            .build());
        } catch (JetStreamApiException e) {
            throw ApiFailure.refused("The metadata of stream " + name() + " cannot be set", e);
        } catch (IOException e) {
            throw ApiFailure.noAnswer("The metadata of stream " + name() + " cannot be set", connection, e);
        }
    }

    @Override
    public @Nullable StoredMessage message(long sequence) {
        return get("{\"seq\":" + sequence + "}");
    }

    @Override
    public @Nullable StoredMessage last() {
        return get("{\"last_by_subj\":\"" + Subject.allOf(source) + "\"}");
    }

    /** Through the stream's leader: a direct get may be answered by a replica that is behind. */
    private @Nullable StoredMessage get(String request) {
        Message answer;
        try {
            answer = connection.request(
                    "$JS.API.STREAM.MSG.GET." + name(), request.getBytes(StandardCharsets.UTF_8), REQUEST_TIMEOUT);
        } catch (IllegalStateException e) {
            throw ApiFailure.unavailable("Stream " + name() + " cannot be read: " + Reason.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiFailure.unavailable("Reading stream " + name() + " was interrupted", e);
        }
        if (answer == null) {
            throw ApiFailure.noAnswer(
                    "Stream " + name() + " cannot be read: no answer within " + REQUEST_TIMEOUT.toSeconds() + " s",
                    connection,
                    null);
        }
        MessageInfo found = new MessageInfo(answer, name(), false);
        if (!found.hasError()) {
            return stored(found.getSeq(), found.getHeaders());
        }
        if (found.getApiErrorCode() == NO_MESSAGE || found.getApiErrorCode() == NOT_FOUND) {
            return null;
        }
        throw ApiFailure.unavailable("Stream " + name() + " cannot be read: " + found.getError(), null);
    }

    StoredMessage stored(long sequence, @Nullable Headers headers) {
        String id = headers == null ? null : headers.getFirst(HeaderNames.CE_ID);
        String position = headers == null ? null : headers.getFirst(HeaderNames.OUTBOX_POSITION);
        String time = headers == null ? null : headers.getFirst(HeaderNames.CE_TIME);
        try {
            if (id != null && position != null && time != null) {
                return new StoredMessage(
                        sequence, UUID.fromString(id), OutboxPosition.parse(position), Instant.parse(time));
            }
        } catch (RuntimeException e) {
            throw ApiFailure.mismatch(foreign(sequence) + " It cannot be read: " + Reason.of(e) + ".");
        }
        throw ApiFailure.mismatch(foreign(sequence));
    }

    private String foreign(long sequence) {
        return "Message " + sequence + " of stream " + name()
                + " is not from a relay: it lacks a ce-id, an Outbox-Position or a ce-time. Somebody else publishes to "
                + Subject.allOf(source) + ". Take that permission away, and delete the message.";
    }

    @Override
    public void read(long from, long to, Consumer<List<StoredMessage>> batch) throws InterruptedException {
        new StreamReading(connection, this).read(from, to, batch);
    }

    @Override
    public Publisher publisher(StreamState now) {
        try {
            return new FencedPublisher(
                    connection, now.extent().last(), now.shape().maxMessageBytes());
        } catch (IllegalStateException e) {
            throw ApiFailure.unavailable("Nothing can be published to stream " + name() + ": " + Reason.of(e), e);
        }
    }
}
