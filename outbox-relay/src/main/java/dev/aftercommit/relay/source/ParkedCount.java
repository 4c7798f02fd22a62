package dev.aftercommit.relay.source;

/**
 * How many events are held back.
 *
 * @param requested whether something is requested that can be done
 */
public record ParkedCount(long events, boolean requested) {}
