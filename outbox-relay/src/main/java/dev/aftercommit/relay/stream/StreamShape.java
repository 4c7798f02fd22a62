package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.publish.StreamState;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.PersistMode;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.support.JsonParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the stream of a source must be like, and how one is made.
 *
 * @param source its name
 */
record StreamShape(String source) {
    private static final Duration DEDUPLICATION_WINDOW = Duration.ofMinutes(2);

    String name() {
        return Subject.streamOf(source);
    }

    /** Of a stream that is made for the first time. */
    StreamConfiguration configuration(int replicas) {
        return StreamConfiguration.builder()
                .name(name())
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
    }

    /** Of a stream that is made again. */
    StreamConfiguration like(String config) {
        try {
            return StreamConfiguration.instance(config);
        } catch (JsonParseException e) {
            throw ApiFailure.mismatch("outbox.history.stream_config is not a stream's configuration: " + e.getMessage()
                    + ". Set it to null to have the stream made as a new one.");
        }
    }

    /**
     * Reads what the server says of the stream.
     *
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when it is not one the relay may publish to
     */
    StreamState read(StreamInfo info) {
        StreamConfiguration found = info.getConfiguration();
        require(found);
        Map<String, String> metadata = metadata(found);
        boolean dropsOld = !found.getMaxAge().isZero()
                || (found.getDiscardPolicy() == DiscardPolicy.Old
                        && (found.getMaxMsgs() > 0 || found.getMaxBytes() > 0))
                || found.getMaxMsgsPerSubject() > 0;
        return new StreamState(
                new StreamState.Labels(
                        partitions(metadata),
                        uuid(metadata, StreamMetadata.HISTORY),
                        uuid(metadata, StreamMetadata.BRANCH)),
                new StreamState.Extent(
                        Math.max(1, info.getStreamState().getFirstSequence()),
                        info.getStreamState().getLastSequence(),
                        info.getStreamState().getMsgCount()),
                new StreamState.Shape(
                        found.getReplicas(),
                        found.getStorageType() == StorageType.Memory,
                        dropsOld,
                        found.getMaximumMessageSize() > 0 ? found.getMaximumMessageSize() : Integer.MAX_VALUE,
                        found.toJson()));
    }

    private void require(StreamConfiguration found) {
        List<String> problems = new ArrayList<>();
        if (!found.getSubjects().equals(List.of(Subject.allOf(source)))) {
            problems.add("it listens to " + found.getSubjects() + " instead of only " + Subject.allOf(source));
        }
        Map<String, String> metadata = metadata(found);
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
        if (found.getPersistMode() == PersistMode.Async) {
            problems.add("it acknowledges what it has not stored yet (persist_mode async)");
        }
        if (found.getSealed()) {
            problems.add("it is sealed");
        }
        for (String key : List.of(StreamMetadata.HISTORY, StreamMetadata.BRANCH)) {
            String text = metadata.get(key);
            if (text != null && !text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
                problems.add("its metadata " + key + " is \"" + text + "\" instead of a UUID");
            }
        }
        String count = metadata.getOrDefault(StreamMetadata.PARTITIONS, Integer.toString(Partitions.DEFAULT_COUNT));
        if (!count.matches("[1-9][0-9]?|100")) {
            problems.add("its metadata " + StreamMetadata.PARTITIONS + " is \"" + count + "\" instead of 1 to 100");
        }
        if (!problems.isEmpty()) {
            throw ApiFailure.mismatch("Stream " + name() + " is not one this relay may publish to: "
                    + String.join("; ", problems) + ". Mend or rename that stream, or choose another OUTBOX_SOURCE.");
        }
    }

    static Map<String, String> metadata(StreamConfiguration found) {
        return Objects.requireNonNullElse(found.getMetadata(), Map.of());
    }

    int partitions(Map<String, String> metadata) {
        return Integer.parseInt(
                metadata.getOrDefault(StreamMetadata.PARTITIONS, Integer.toString(Partitions.DEFAULT_COUNT)));
    }

    private static @Nullable UUID uuid(Map<String, String> metadata, String key) {
        String text = metadata.get(key);
        return text == null ? null : UUID.fromString(text);
    }
}
