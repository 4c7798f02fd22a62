package dev.aftercommit.crash.check;

/** What can be wrong after a round. */
public enum FindingKind {
    /** Committed, and neither in the stream nor parked nor discarded. */
    MISSING,
    /** In the stream more than once. */
    DOUBLED,
    /** In the stream, though no row of the table, in a round in which the database kept all that was committed. */
    UNKNOWN,
    /** In the stream and no longer in the database that went back, and no incident names it. */
    GHOST_UNTOLD,
    /** Not what the row says. */
    ALTERED,
    /** Positions do not rise in the stream. */
    POSITION_DISORDER,
    /** The stream is not in the order of the commits. */
    COMMIT_DISORDER,
    /** Events of one aggregate are not in the order of their commits. */
    AGGREGATE_DISORDER,
    /** Published from the table after the first start, and no incident says so. */
    HEAL_UNTOLD,
    /** In the stream, though it is said to be parked or discarded. */
    HELD_BACK_AND_STORED,
    /** Parked, though neither it nor what it waits for is anything that the stream cannot take. */
    PARKED_NEEDLESSLY,
    /** Discarded, and nobody wanted that. */
    DISCARDED_UNASKED,
    /** The slot does not move on. */
    WAL_HELD_BACK,
    /** The relay did not come back to streaming. */
    NOT_RECOVERED,
    /** The harness failed, not the relay. */
    BROKEN_OFF
}
