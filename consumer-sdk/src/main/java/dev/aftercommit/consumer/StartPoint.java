package dev.aftercommit.consumer;

import dev.aftercommit.contract.OutboxPosition;
import org.jspecify.annotations.Nullable;

/**
 * Where in the stream a partition is read on.
 *
 * @param sequence the first sequence to read
 * @param surprise why the checkpoint's sequence cannot be trusted, in words for the log; null when it can
 */
record StartPoint(long sequence, @Nullable String surprise) {
    private static final long OLDEST = 1;

    /**
     * Decides it. Where sequences mean something else than they did, everything is read again, and the checkpoint's
     * position tells what was handled.
     *
     * @param atCheckpoint the position of the message that the stream holds under the checkpoint's sequence; null when
     *     it holds none
     */
    static StartPoint of(@Nullable Checkpoint checkpoint, StreamState stream, @Nullable OutboxPosition atCheckpoint) {
        if (checkpoint == null) {
            return new StartPoint(OLDEST, null);
        }
        if (!checkpoint.stream().equals(stream.identity())) {
            return new StartPoint(
                    OLDEST,
                    "the stream was recreated (it was \"" + checkpoint.stream() + "\", it is \"" + stream.identity()
                            + "\")");
        }
        if (stream.lastSequence() < checkpoint.sequence()) {
            return new StartPoint(
                    OLDEST,
                    "the stream has lost messages (its last sequence is " + stream.lastSequence()
                            + ", the checkpoint's is " + checkpoint.sequence() + ")");
        }
        OutboxPosition position = checkpoint.position();
        if (atCheckpoint != null && position != null && atCheckpoint.compareTo(position) > 0) {
            return new StartPoint(
                    OLDEST,
                    "the stream has lost messages and got others (at sequence " + checkpoint.sequence() + " it holds "
                            + atCheckpoint + ", the checkpoint's position is " + position + ")");
        }
        return new StartPoint(checkpoint.sequence() + 1, null);
    }
}
