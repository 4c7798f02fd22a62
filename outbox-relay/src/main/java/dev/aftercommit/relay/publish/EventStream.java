package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.Limits;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.provision.Finding;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A source's stream: made when it is missing, checked when it is there, never deleted or shrunk. */
public final class EventStream {
    private static final int NOT_FOUND = 10059;
    private static final int NO_MESSAGE = 10037;
    private static final int SUBJECTS_OVERLAP = 10065;
    private static final Duration DEDUPLICATION_WINDOW = Duration.ofMinutes(2);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final Connection connection;
    private final String source;
    private final String name;

    public EventStream(Connection connection, String source) {
        this.connection = connection;
        this.source = source;
        this.name = Subject.streamOf(source);
    }

    public String name() {
        return name;
    }

    /**
     * Makes sure that the stream exists and is this source's.
     *
     * @param replicas of the stream, when it has to be made
     * @return its number of partitions
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when it is not one the relay may publish to
     */
    public int ensure(int replicas) {
        StreamInfo info = find();
        if (info == null) {
            info = create(replicas);
        }
        return check(info.getConfiguration());
    }

    public boolean exists() {
        return find() != null;
    }

    /** What {@code doctor} says about the stream. Makes none. */
    Finding inspect() {
        StreamInfo info = find();
        if (info == null) {
            return Finding.warning("stream " + name, "there is none yet; the relay makes it at its first start");
        }
        int partitions = check(info.getConfiguration());
        String size = info.getStreamState().getMsgCount() + " events, " + partitions + " partitions";
        if (info.getConfiguration().getStorageType() == StorageType.Memory) {
            return Finding.warning("stream " + name, size + "; it is kept in memory and lost when NATS restarts");
        }
        return Finding.ok(
                "stream " + name, size + ", " + info.getConfiguration().getReplicas() + " replica(s)");
    }

    private @Nullable StreamInfo find() {
        try {
            return connection.jetStreamManagement().getStreamInfo(name);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NOT_FOUND) {
                return null;
            }
            throw unavailable("Stream " + name + " cannot be looked at: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unavailable("Stream " + name + " cannot be looked at: " + e.getMessage(), e);
        }
    }

    private StreamInfo create(int replicas) {
        StreamConfiguration configuration = StreamConfiguration.builder()
                .name(name)
                .subjects(Subject.allOf(source))
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.Limits)
                .discardPolicy(DiscardPolicy.New)
                .duplicateWindow(DEDUPLICATION_WINDOW)
                .replicas(replicas)
                .allowDirect(true)
                .metadata(Map.of(
                        StreamMetadata.SOURCE,
                        source,
                        StreamMetadata.PARTITIONS,
                        Integer.toString(Partitions.DEFAULT_COUNT)))
                .build();
        try {
            return connection.jetStreamManagement().addStream(configuration);
        } catch (JetStreamApiException e) {
            StreamInfo madeMeanwhile = find();
            if (madeMeanwhile != null) {
                return madeMeanwhile;
            }
            if (e.getApiErrorCode() == SUBJECTS_OVERLAP) {
                throw mismatch("Stream " + name + " cannot be made because another stream listens to "
                        + Subject.allOf(source) + ". Change that stream's subjects, or OUTBOX_SOURCE.");
            }
            throw new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE,
                    "Stream " + name + " cannot be made: " + e.getErrorDescription() + ".",
                    e);
        } catch (IOException e) {
            throw unavailable("Stream " + name + " cannot be made: " + e.getMessage(), e);
        }
    }

    private int check(StreamConfiguration found) {
        List<String> problems = new ArrayList<>();
        if (!found.getSubjects().equals(List.of(Subject.allOf(source)))) {
            problems.add("it listens to " + found.getSubjects() + " instead of only " + Subject.allOf(source));
        }
        Map<String, String> metadata = found.getMetadata() == null ? Map.of() : found.getMetadata();
        String owner = metadata.getOrDefault(StreamMetadata.SOURCE, source);
        if (!owner.equals(source)) {
            problems.add("it belongs to the source " + owner);
        }
        if (found.getRetentionPolicy() != RetentionPolicy.Limits) {
            problems.add(
                    "its retention is " + found.getRetentionPolicy() + ", which removes events when they are read");
        }
        if (found.getNoAck()) {
            problems.add("it does not acknowledge what it stores (no_ack)");
        }
        if (found.getSealed()) {
            problems.add("it is sealed");
        }
        if (found.getMaximumMessageSize() > 0 && found.getMaximumMessageSize() < Limits.MAX_MESSAGE_BYTES) {
            problems.add("its max_msg_size is below " + Limits.MAX_MESSAGE_BYTES);
        }
        int partitions = partitions(metadata, problems);
        if (!problems.isEmpty()) {
            throw mismatch("Stream " + name + " is not one this relay may publish to: " + String.join("; ", problems)
                    + ". Mend or rename that stream, or choose another OUTBOX_SOURCE.");
        }
        return partitions;
    }

    private static int partitions(Map<String, String> metadata, List<String> problems) {
        String text = metadata.getOrDefault(StreamMetadata.PARTITIONS, Integer.toString(Partitions.DEFAULT_COUNT));
        if (text.matches("[1-9][0-9]?|100")) {
            return Integer.parseInt(text);
        }
        problems.add("its metadata " + StreamMetadata.PARTITIONS + " is \"" + text + "\" instead of 1 to 100");
        return Partitions.DEFAULT_COUNT;
    }

    /**
     * Reads the end of the stream through its leader: a direct get may be answered by a replica that is behind.
     *
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when its last message is not from a relay
     */
    public StreamTail tail() throws InterruptedException {
        StreamInfo info = find();
        if (info == null) {
            throw mismatch("Stream " + name + " is gone.");
        }
        long sequence = info.getStreamState().getLastSequence();
        String request = "{\"last_by_subj\":\"" + Subject.allOf(source) + "\"}";
        Message answer;
        try {
            answer = connection.request(
                    "$JS.API.STREAM.MSG.GET." + name, request.getBytes(StandardCharsets.UTF_8), REQUEST_TIMEOUT);
        } catch (IllegalStateException e) {
            throw unavailable("The end of stream " + name + " cannot be read: " + e.getMessage(), e);
        }
        if (answer == null) {
            throw unavailable(
                    "The end of stream " + name + " cannot be read: no answer within " + REQUEST_TIMEOUT.toSeconds()
                            + " s",
                    null);
        }
        MessageInfo last = new MessageInfo(answer, name, false);
        if (!last.hasError()) {
            return new StreamTail(Math.max(sequence, last.getSeq()), lastMessage(last));
        }
        if (last.getApiErrorCode() == NO_MESSAGE) {
            return new StreamTail(sequence, null);
        }
        throw unavailable("The end of stream " + name + " cannot be read: " + last.getError(), null);
    }

    private StreamTail.LastMessage lastMessage(MessageInfo last) {
        Headers headers = last.getHeaders();
        String id = headers == null ? null : headers.getFirst(HeaderNames.CE_ID);
        String position = headers == null ? null : headers.getFirst(HeaderNames.OUTBOX_POSITION);
        if (id == null || position == null) {
            throw mismatch("The last message of stream " + name + " (sequence " + last.getSeq()
                    + ") has no Outbox-Position: somebody other than the relay publishes to " + Subject.allOf(source)
                    + ". Take that permission away, and delete the message.");
        }
        return new StreamTail.LastMessage(UUID.fromString(id), OutboxPosition.parse(position));
    }

    private static AftercommitException mismatch(String message) {
        return new AftercommitException(ErrorCode.STREAM_MISMATCH, message);
    }

    private static AftercommitException unavailable(String message, @Nullable Exception cause) {
        return new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, message + ".", cause);
    }
}
