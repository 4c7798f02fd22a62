package dev.aftercommit.relay.source;

import dev.aftercommit.contract.OutboxPosition;
import java.util.UUID;

/** The first of an aggregate's parked events: what comes behind its position waits for it. */
public record ParkedHead(UUID event, OutboxPosition position) {}
