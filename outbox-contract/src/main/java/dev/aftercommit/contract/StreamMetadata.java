package dev.aftercommit.contract;

/** Keys of a stream's metadata, by which relay and consumers recognise it and read what is fixed for its life. */
public final class StreamMetadata {
    /** The source whose events the stream holds. */
    public static final String SOURCE = "aftercommit-source";

    /** The number of partitions, decimal. */
    public static final String PARTITIONS = "aftercommit-partitions";

    private StreamMetadata() {}
}
