package dev.aftercommit.relay.publish;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A source's stream as it is now.
 *
 * @param labels what its metadata says
 * @param extent what it holds
 * @param shape how it is set up
 */
public record StreamState(Labels labels, Extent extent, Shape shape) {
    /** Whether nothing was removed since, but by the stream's own limits. */
    public boolean isWholeIn(@Nullable StreamState later) {
        if (later == null) {
            return false;
        }
        boolean hasLostNothing = later.extent.first() == extent.first()
                && later.extent.holes() == extent.holes()
                && later.extent.last() >= extent.last();
        return hasLostNothing || shape.dropsOld();
    }

    /**
     * What the metadata says.
     *
     * @param history null on a stream that no relay with a journal has published to
     * @param branch as {@code history}
     */
    public record Labels(
            int partitions,
            @Nullable UUID history,
            @Nullable UUID branch) {}

    /**
     * What it holds.
     *
     * @param first the first sequence that is there
     * @param last the last sequence that was ever given
     * @param messages how many are there
     */
    public record Extent(long first, long last, long messages) {
        /** Messages between the first and the last that are not there any more. */
        public long holes() {
            return messages == 0 ? 0 : last - first + 1 - messages;
        }
    }

    /**
     * How it is set up.
     *
     * @param inMemory whether it is lost with the server
     * @param dropsOld whether its own limits remove messages
     * @param maxMessageBytes what it takes, headers included; {@link Integer#MAX_VALUE} when it leaves that to the server
     * @param config as JSON, by which one like it can be made
     */
    public record Shape(int replicas, boolean inMemory, boolean dropsOld, int maxMessageBytes, String config) {}
}
