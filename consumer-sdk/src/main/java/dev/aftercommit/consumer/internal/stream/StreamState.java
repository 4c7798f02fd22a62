package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.StreamMetadata;
import io.nats.client.api.StreamInfo;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A source's stream as it is now.
 *
 * @param partitions fixed for a stream's life
 * @param firstSequence the oldest message's; the one after the last when the stream is empty
 * @param lastSequence the newest sequence ever stored
 * @param deleted how many messages between the two are gone
 * @param limitedPerSubject whether the stream's limits delete messages between the two
 */
public record StreamState(
        StreamIdentity identity,
        int partitions,
        long firstSequence,
        long lastSequence,
        long deleted,
        boolean limitedPerSubject) {

    /**
     * Reads what the broker says about the stream.
     *
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when it is not the stream of this source
     */
    static StreamState of(StreamInfo info, String source) {
        String name = info.getConfiguration().getName();
        Map<String, String> metadata =
                Objects.requireNonNullElse(info.getConfiguration().getMetadata(), Map.of());
        String owner = metadata.getOrDefault(StreamMetadata.SOURCE, source);
        if (!owner.equals(source)) {
            throw mismatch("Stream " + name + " belongs to the source \"" + owner + "\", not to \"" + source
                    + "\". Name the right source, or point the relay of this one at a NATS account of its own.");
        }
        int partitions = partitions(name, metadata);
        StreamIdentity identity = new StreamIdentity(
                name + ' ' + info.getCreateTime().toInstant() + ' ' + partitions,
                id(name, metadata, StreamMetadata.HISTORY),
                id(name, metadata, StreamMetadata.BRANCH));
        io.nats.client.api.StreamState held = info.getStreamState();
        boolean empty = held.getMsgCount() == 0;
        return new StreamState(
                identity,
                partitions,
                empty ? held.getLastSequence() + 1 : held.getFirstSequence(),
                held.getLastSequence(),
                empty ? 0 : held.getDeletedCount(),
                info.getConfiguration().getMaxMsgsPerSubject() > 0);
    }

    /**
     * Checks that the checkpoints' streams were cut into the same partitions as this one.
     *
     * @throws AftercommitException {@link ErrorCode#STREAM_MISMATCH} when they were not
     */
    public void requirePartitionsOf(Iterable<String> checkpointStreams) {
        for (String earlier : checkpointStreams) {
            if (!tail(earlier).equals(tail(identity.stream()))) {
                throw mismatch("The stream was recreated with other partitions: it is now \"" + identity.stream()
                        + "\", and the checkpoints belong to \"" + earlier
                        + "\". An aggregate's checkpoint would be lost, so nothing is handled."
                        + " Recreate the stream with as many partitions as before.");
            }
        }
    }

    private static String tail(String identity) {
        return identity.substring(identity.lastIndexOf(' ') + 1);
    }

    private static int partitions(String name, Map<String, String> metadata) {
        String text = metadata.getOrDefault(StreamMetadata.PARTITIONS, Integer.toString(Partitions.DEFAULT_COUNT));
        if (text.matches("[0-9]{1,3}")) {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= Partitions.MAX_COUNT) {
                return count;
            }
        }
        throw mismatch("Stream " + name + " says in its metadata that " + StreamMetadata.PARTITIONS + " is \"" + text
                + "\", which is not 1 to " + Partitions.MAX_COUNT + ". Correct the stream's metadata.");
    }

    private static @Nullable UUID id(String name, Map<String, String> metadata, String key) {
        String text = metadata.get(key);
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw mismatch("Stream " + name + " says in its metadata that " + key + " is \"" + text
                    + "\", which is not a UUID. Correct the stream's metadata.");
        }
    }

    private static AftercommitException mismatch(String message) {
        return new AftercommitException(ErrorCode.STREAM_MISMATCH, message);
    }
}
