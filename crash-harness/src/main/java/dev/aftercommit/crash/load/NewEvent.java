package dev.aftercommit.crash.load;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row to insert. */
record NewEvent(
        UUID id,
        String aggregateType,
        String aggregateId,
        String eventType,
        String payload,
        @Nullable String headers) {}
