package dev.aftercommit.consumer;

/**
 * Events that a consumer holds back in its database, those of all instances. Immutable.
 *
 * @param retrying events whose handler failed, which are tried again
 * @param waiting events that wait behind an earlier one of their aggregate
 * @param dead events that are not tried again until somebody redrives them
 */
public record ParkedCounts(long retrying, long waiting, long dead) {
    public static final ParkedCounts NONE = new ParkedCounts(0, 0, 0);

    /** All of them. */
    public long total() {
        return retrying + waiting + dead;
    }
}
