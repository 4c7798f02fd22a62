package dev.aftercommit.producer;

import java.util.UUID;

/**
 * What an emit returns. The event exists once its transaction commits, and never when it does not.
 *
 * @param eventId the event's id on every hop, a UUIDv7: the {@code id} of its row in {@code outbox.event}, the
 *     {@code ce-id} and {@code Nats-Msg-Id} of its message
 */
public record EmitReceipt(UUID eventId) {}
