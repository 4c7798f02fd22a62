package dev.aftercommit.consumer.internal.stream;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which stream it is, and whose past it tells.
 *
 * @param stream tells the stream from another one of the same name: {@code <name> <created> <partitions>}
 * @param history the history that the stream is a copy of; null when it does not say
 * @param branch the branch in which it was published last; null when it does not say
 */
public record StreamIdentity(
        String stream, @Nullable UUID history, @Nullable UUID branch) {

    /** Whether sequences mean the same in both, as far as that can be told from outside. */
    public boolean isSameStreamAs(StreamIdentity other) {
        return stream.equals(other.stream);
    }

    /** Whether both say whose past they tell, and it is not the same. */
    public boolean isOtherHistoryThan(StreamIdentity other) {
        return history != null && other.history != null && !history.equals(other.history);
    }

    /** This one; what it does not say, as the earlier one said it. */
    public StreamIdentity since(StreamIdentity earlier) {
        return history == null ? new StreamIdentity(stream, earlier.history, earlier.branch) : this;
    }
}
