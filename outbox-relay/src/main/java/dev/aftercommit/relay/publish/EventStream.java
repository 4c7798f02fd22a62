package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A source's stream: made when it is missing, never shrunk, and deleted only when a person has decided so. Any thread may look at it, one at a time may
 * change it; every call throws {@link AftercommitException}: {@link ErrorCode#BROKER_UNAVAILABLE} when there is no answer,
 * {@link ErrorCode#STREAM_MISMATCH} when it is not a stream that the relay may publish to.
 */
public interface EventStream {
    String name();

    /** The stream as its leader knows it; null when there is none. */
    @Nullable
    StreamState look();

    /**
     * Makes it; changes nothing when it is there.
     *
     * @param likeness the {@linkplain StreamState.Shape#config configuration} of an earlier one, of which it takes the
     *     labels, too; null for that of a new one
     */
    void make(@Nullable String likeness);

    /** Deletes it with all its messages, unless it is gone already. What is sent to it from then on is not stored. */
    void delete();

    /** Writes history and branch into its metadata, unless they are there or the stream is not. */
    void label(UUID history, UUID branch);

    /** The message at a sequence; null when there is none. */
    @Nullable
    StoredMessage message(long sequence);

    /** The last message that is there, which need not be at the last sequence; null when there is none. */
    @Nullable
    StoredMessage last();

    /**
     * Reads the messages from one sequence to another, both included, and hands them over in order, in batches that are not
     * empty. What is not there is left out; beyond the last message that is there now nothing is read.
     */
    void read(long from, long to, Consumer<List<StoredMessage>> batch) throws InterruptedException;

    /**
     * A publisher that goes on behind the stream's last sequence.
     *
     * @param now as the stream was {@linkplain #look looked at}: what anybody has written since ends the publisher
     */
    Publisher publisher(StreamState now);
}
