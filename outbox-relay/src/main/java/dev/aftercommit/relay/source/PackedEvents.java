package dev.aftercommit.relay.source;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Events in publish order, as {@code outbox.journal} holds them: 36 bytes each, the id, the LSN of the commit, the
 * ordinal, and the commit time in microseconds. Immutable.
 */
public final class PackedEvents {
    public static final PackedEvents NONE = new PackedEvents(new byte[0]);

    private static final int BYTES = 36;
    private static final int LSN_AT = 16;
    private static final int ORDINAL_AT = 24;
    private static final int TIME_AT = 28;
    private static final long MICROS = TimeUnit.SECONDS.toMicros(1);

    private final ByteBuffer packed;

    private PackedEvents(byte[] packed) {
        this.packed = ByteBuffer.wrap(packed);
    }

    /**
     * Takes what {@link #toBytes()} gave.
     *
     * @throws IllegalArgumentException when the length is not that of whole events
     */
    public static PackedEvents of(byte[] packed) {
        if (packed.length % BYTES != 0) {
            throw new IllegalArgumentException(packed.length + " bytes are not whole events of " + BYTES);
        }
        return new PackedEvents(packed);
    }

    public int size() {
        return packed.capacity() / BYTES;
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    public UUID id(int index) {
        return new UUID(packed.getLong(index * BYTES), packed.getLong(index * BYTES + 8));
    }

    public List<UUID> ids() {
        return ids(0, size());
    }

    /** Those of the events from one index on and before another. */
    public List<UUID> ids(int from, int to) {
        List<UUID> ids = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            ids.add(id(i));
        }
        return ids;
    }

    /** The LSN of the commit record; 0 for an event that did not come through the slot. */
    public long lsn(int index) {
        return packed.getLong(index * BYTES + LSN_AT);
    }

    public int ordinal(int index) {
        return packed.getInt(index * BYTES + ORDINAL_AT);
    }

    /** When the transaction was committed, or the row was inserted where that is not known. */
    public Instant time(int index) {
        long micros = packed.getLong(index * BYTES + TIME_AT);
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L);
    }

    public byte[] toBytes() {
        return packed.array().clone();
    }

    /** Collects events. For one thread. */
    public static final class Builder {
        private ByteBuffer packed;

        public Builder(int capacity) {
            packed = ByteBuffer.allocate(capacity * BYTES);
        }

        public void add(UUID id, long lsn, int ordinal, Instant time) {
            add(id.getMostSignificantBits(), id.getLeastSignificantBits(), lsn, ordinal, micros(time));
        }

        /** The same, for those who keep many of them: a time in microseconds, as {@link PackedEvents#micros} has it. */
        public void add(long idHigh, long idLow, long lsn, int ordinal, long micros) {
            if (packed.remaining() < BYTES) {
                packed = ByteBuffer.allocate(packed.capacity() * 2).put(packed.flip());
            }
            packed.putLong(idHigh).putLong(idLow).putLong(lsn).putInt(ordinal).putLong(micros);
        }

        public PackedEvents build() {
            return new PackedEvents(Arrays.copyOf(packed.array(), packed.position()));
        }
    }

    /** Microseconds since 1970. */
    public static long micros(Instant time) {
        return time.getEpochSecond() * MICROS + time.getNano() / 1_000;
    }
}
