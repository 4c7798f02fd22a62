package dev.aftercommit.relay.postgres;

import org.postgresql.replication.LogSequenceNumber;

/** Between the numbers of the relay and the text of PostgreSQL. */
public final class Lsn {
    private Lsn() {}

    /** Such as {@code 0/16B3748}. */
    public static String text(long lsn) {
        return LogSequenceNumber.valueOf(lsn).asString();
    }

    public static long of(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }
}
