package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.UUID;

/** A message of the stream, as far as the relay needs to know it. */
public record StoredMessage(long sequence, UUID eventId, OutboxPosition position, Instant time) {}
