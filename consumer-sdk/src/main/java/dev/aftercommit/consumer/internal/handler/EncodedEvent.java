package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.EventEnvelope;

/** An event as it came over the wire. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record EncodedEvent(EventEnvelope envelope, byte[] payload) {}
