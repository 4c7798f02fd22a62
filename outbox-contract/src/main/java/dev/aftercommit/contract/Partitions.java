package dev.aftercommit.contract;

import java.nio.charset.StandardCharsets;

/** How aggregates are spread over the partitions of a stream. The count is fixed for a stream's life. */
public final class Partitions {
    /** How many partitions a stream has unless its metadata says otherwise. */
    public static final int DEFAULT_COUNT = 16;

    /** Two digits in the subject. */
    public static final int MAX_COUNT = 100;

    private static final int FNV_OFFSET_BASIS = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private Partitions() {}

    /** FNV-1a 32 of the UTF-8 aggregate id, modulo {@code count}: what NATS' own {@code partition} transform computes. */
    public static int of(String aggregateId, int count) {
        int hash = FNV_OFFSET_BASIS;
        for (byte b : aggregateId.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return Integer.remainderUnsigned(hash, count);
    }
}
