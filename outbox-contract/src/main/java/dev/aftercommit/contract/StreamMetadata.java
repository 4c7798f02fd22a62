package dev.aftercommit.contract;

/** Keys of a stream's metadata, by which relay and consumers recognise it and read what is fixed for its life. */
public final class StreamMetadata {
    /** The source whose events the stream holds. */
    public static final String SOURCE = "aftercommit-source";

    /** The number of partitions, decimal. */
    public static final String PARTITIONS = "aftercommit-partitions";

    /**
     * The id of the history that the stream is a copy of: made with the outbox schema, carried along by every copy of that
     * database. A UUID.
     */
    public static final String HISTORY = "aftercommit-history";

    /** The branch of the epoch in which the stream was published last; tells copies of one history apart. A UUID. */
    public static final String BRANCH = "aftercommit-branch";

    private StreamMetadata() {}
}
