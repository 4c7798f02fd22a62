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
    /** In the stream, and neither did its handler's effect take place, nor is it held back or given up. */
    EFFECT_MISSING,
    /** Took effect more than once. */
    EFFECT_DOUBLED,
    /** An effect of an event that the stream does not hold, or that has no handler. */
    EFFECT_UNKNOWN,
    /** A handler was given something else than the event. */
    EFFECT_ALTERED,
    /** Effects on one aggregate were not committed in the order of its events. */
    EFFECT_DISORDER,
    /** Took effect, though it is held back by the consumer, was given up, or its handler refused it. */
    HELD_BACK_AND_HANDLED,
    /** Held back by the consumer, though its handler does not refuse it, or not any more. */
    DEAD_NEEDLESSLY,
    /** Behind a held event of an aggregate wait others than those that came after it. */
    QUEUE_BROKEN,
    /** A consumer's checkpoint is not where it has handled everything. */
    CHECKPOINT_ASTRAY,
    /** The relay did not come back to streaming, or the consumers did not come to the stream's end. */
    NOT_RECOVERED,
    /** The harness failed, not what it judges. */
    BROKEN_OFF
}
