package dev.aftercommit.consumer;

import dev.aftercommit.contract.EventEnvelope;

/**
 * An event with everything that travelled with it, for handlers that take several at a time. Immutable.
 *
 * @param <T> the event's class
 */
public record EnvelopedEvent<T>(T event, EventEnvelope envelope) {}
