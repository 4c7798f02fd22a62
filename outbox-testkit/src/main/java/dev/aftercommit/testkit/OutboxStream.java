package dev.aftercommit.testkit;

import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.testkit.internal.stream.RawStream;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A source's stream as NATS has it: makes it as the relay does, reads it byte by byte, and does to it what operators and
 * broken brokers do. For one thread.
 *
 * <p>What NATS refuses throws an {@link IllegalStateException} with NATS' words; while it does not answer, everything throws an
 * {@link UncheckedIOException}.
 */
public final class OutboxStream {
    private static final int NOT_FOUND = 404;

    private final Connection connection;
    private final String source;
    private int partitions = Partitions.DEFAULT_COUNT;
    private @Nullable UUID history;
    private @Nullable UUID branch;

    private OutboxStream(Connection connection, String source) {
        this.connection = connection;
        this.source = source;
    }

    /**
     * The stream of a source, which does not have to exist yet.
     *
     * @param connection stays the caller's
     */
    public static OutboxStream of(Connection connection, String source) {
        return new OutboxStream(connection, source);
    }

    /** The stream's name, such as {@code OUTBOX_ACCOUNTS}. */
    public String name() {
        return Subject.streamOf(source);
    }

    public String source() {
        return source;
    }

    /** How many partitions this object makes the stream with. Default: 16. */
    public int partitions() {
        return partitions;
    }

    /** Makes the stream as the relay does. */
    public void create() {
        create(partitions);
    }

    /** Makes the stream with another number of partitions. */
    public void create(int count) {
        partitions = count;
        asking(() -> management().addStream(configuration(source)));
    }

    /** Deletes the stream with all it holds; does nothing when there is none. */
    public void delete() {
        asking(() -> {
            try {
                return management().deleteStream(name());
            } catch (JetStreamApiException e) {
                if (e.getErrorCode() == NOT_FOUND) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** Gives the stream limits of its own, or none any more. */
    public void change(Function<StreamConfiguration.Builder, StreamConfiguration> change) {
        asking(() -> management().updateStream(change.apply(StreamConfiguration.builder(configuration(source)))));
    }

    /** Says in the metadata whose past the stream tells; also of streams that are made from now on. */
    public void tell(UUID ofHistory, UUID ofBranch) {
        history = ofHistory;
        branch = ofBranch;
        change(StreamConfiguration.Builder::build);
    }

    /** Says in the metadata that the stream belongs to another source. */
    public void claimFor(String owner) {
        asking(() -> management().updateStream(configuration(owner)));
    }

    /** How many messages there are and which. */
    public StreamState state() {
        return asking(() -> management().getStreamInfo(name()).getStreamState());
    }

    /** How many messages there are; 0 while there is no stream. */
    public long size() {
        return asking(raw()::size);
    }

    /** Every message by sequence, read without a consumer; none while there is no stream. */
    public List<StoredMessage> messages() {
        return asking(raw()::messages);
    }

    /** For everything else. */
    public JetStreamManagement management() {
        return asking(connection::jetStreamManagement);
    }

    private RawStream raw() {
        return new RawStream(connection, name());
    }

    private StreamConfiguration configuration(String owner) {
        return StreamConfiguration.builder()
                .name(name())
                .subjects(Subject.allOf(source))
                .storageType(StorageType.File)
                .allowDirect(true)
                .metadata(metadata(owner))
                .build();
    }

    private Map<String, String> metadata(String owner) {
        Map<String, String> metadata = new HashMap<>();
        metadata.put(StreamMetadata.SOURCE, owner);
        metadata.put(StreamMetadata.PARTITIONS, Integer.toString(partitions));
        if (history != null && branch != null) {
            metadata.put(StreamMetadata.HISTORY, history.toString());
            metadata.put(StreamMetadata.BRANCH, branch.toString());
        }
        return metadata;
    }

    private interface Question<T> {
        T ask() throws IOException, JetStreamApiException, InterruptedException;
    }

    private static <T> T asking(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JetStreamApiException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while NATS was asked", e);
        }
    }
}
