package dev.aftercommit.relay.postgres;

/**
 * A stretch of history in which LSNs are comparable: from the creation of a replication slot on.
 *
 * @param number from 1
 * @param snapshot what was visible when the slot was made, as {@code pg_snapshot}: those rows come from the table
 * @param caughtUp whether all of those rows have been published
 */
public record Epoch(int number, String snapshot, boolean caughtUp) {}
