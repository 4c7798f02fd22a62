package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.Limits;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.config.NatsConfig;
import dev.aftercommit.relay.failure.Reason;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source's stream: made when it is missing, checked when it is there, never deleted or shrunk. */
public final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int NOT_FOUND = 10059;
    private static final int NO_MESSAGE = 10037;
    private static final int SUBJECTS_OVERLAP = 10065;
    private static final Set<Integer> NO_JETSTREAM = Set.of(10039, 10076);
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

    /**
     * Looks whether the stream is still there and is this source's. Makes none: consumers would miss, without a word,
     * what the lost one held.
     *
     * @return its number of partitions
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when it is gone, or is not one the relay may
     *     publish to
     */
    public int require() {
        StreamInfo info = find();
        if (info == null) {
            throw mismatch(gone(source));
        }
        return check(info.getConfiguration());
    }

    /** What to say when the stream of a database that was published is missing. */
    public static String gone(String source) {
        String name = Subject.streamOf(source);
        return "Stream " + name + " is gone, though this database was published into it. The relay does not make a new"
                + " one by itself: consumers would miss what the old one held. Bring it back from a backup, or, to go on"
                + " without what it held, make an empty one by hand: nats stream add " + name + " --subjects '"
                + Subject.allOf(source) + "' --storage file --discard new --defaults";
    }

    /** What the stream is like. */
    public record Facts(long events, int partitions, int replicas, boolean inMemory) {}

    /**
     * Looks at the stream without making it; null when there is none.
     *
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when it is not one the relay may publish to
     */
    public @Nullable Facts facts() {
        StreamInfo info = find();
        return info == null
                ? null
                : new Facts(
                        info.getStreamState().getMsgCount(),
                        check(info.getConfiguration()),
                        info.getConfiguration().getReplicas(),
                        info.getConfiguration().getStorageType() == StorageType.Memory);
    }

    private @Nullable StreamInfo find() {
        try {
            return connection.jetStreamManagement().getStreamInfo(name);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NOT_FOUND) {
                return null;
            }
            throw refused("Stream " + name + " cannot be looked at", e);
        } catch (IOException e) {
            throw unavailable("Stream " + name + " cannot be looked at: " + noAnswer(e), e);
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
            StreamInfo made = connection.jetStreamManagement().addStream(configuration);
            LOG.info("Made stream {}", name);
            return made;
        } catch (JetStreamApiException e) {
            StreamInfo madeMeanwhile = find();
            if (madeMeanwhile != null) {
                return madeMeanwhile;
            }
            if (e.getApiErrorCode() == SUBJECTS_OVERLAP) {
                throw mismatch("Stream " + name + " cannot be made because another stream listens to "
                        + Subject.allOf(source) + ". Change that stream's subjects, or OUTBOX_SOURCE.");
            }
            throw refused("Stream " + name + " cannot be made", e);
        } catch (IOException e) {
            throw unavailable("Stream " + name + " cannot be made: " + noAnswer(e), e);
        }
    }

    /** NATS does not answer what a login may not ask: a missing permission looks like a server that is away. */
    private static String noAnswer(IOException e) {
        return Reason.of(e) + ". If NATS is well, its login may lack the permissions for JetStream's API ($JS.API.>)"
                + " and the relay's inboxes (" + NatsConfig.INBOX_PREFIX + ".>)";
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
            problems.add("its retention is " + found.getRetentionPolicy().name().toLowerCase(Locale.ROOT)
                    + ", which removes events when they are read");
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
            throw mismatch("Stream " + name + " was deleted while the relay looked at it.");
        }
        long sequence = info.getStreamState().getLastSequence();
        String request = "{\"last_by_subj\":\"" + Subject.allOf(source) + "\"}";
        Message answer;
        try {
            answer = connection.request(
                    "$JS.API.STREAM.MSG.GET." + name, request.getBytes(StandardCharsets.UTF_8), REQUEST_TIMEOUT);
        } catch (IllegalStateException e) {
            throw unavailable("The end of stream " + name + " cannot be read: " + Reason.of(e), e);
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

    private static AftercommitException refused(String what, JetStreamApiException e) {
        if (NO_JETSTREAM.contains(e.getApiErrorCode())) {
            return new AftercommitException(
                    ErrorCode.BROKER_UNSUITABLE,
                    what + ": JetStream is off for the account that the relay logs in to."
                            + " Put jetstream: enabled into that account in nats-server's configuration.",
                    e);
        }
        boolean transientFailure = e.getErrorCode() == 503;
        return new AftercommitException(
                transientFailure ? ErrorCode.BROKER_UNAVAILABLE : ErrorCode.BROKER_UNSUITABLE,
                what + ": " + Reason.of(e.getErrorDescription()) + " (" + e.getApiErrorCode() + ").",
                e);
    }

    private static AftercommitException unavailable(String message, @Nullable Exception cause) {
        return new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, message + ".", cause);
    }
}
