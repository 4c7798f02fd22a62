package dev.aftercommit.consumer.internal.ordered;

/**
 * What a transaction has brought that holds an event back.
 *
 * @param isFirst whether it begins a queue, since its handler has failed; otherwise it waits behind others
 */
record Parked(Handled handled, boolean isFirst) {}
