package dev.aftercommit.consumer.internal.checkpoint;

/**
 * For which partitions a consumer has checkpoints.
 *
 * @param last inclusive
 */
public record PartitionRange(int first, int last) {
    /** One for all of them. */
    public static final PartitionRange TOGETHER =
            new PartitionRange(CheckpointTable.ALL_PARTITIONS, CheckpointTable.ALL_PARTITIONS);

    /** One for each. */
    public static PartitionRange each(int partitions) {
        return new PartitionRange(0, partitions - 1);
    }
}
