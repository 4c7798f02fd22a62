package dev.aftercommit.crash.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.Upcasts;
import org.jspecify.annotations.Nullable;

/** The number counts the events of the account. */
@DomainEvent(aggregateType = "account", type = "AccountTouched", version = 2)
record AccountTouched(@AggregateId @Nullable String id, long number) {
    @Upcasts(from = 1)
    static ObjectNode keep(ObjectNode payload) {
        return payload;
    }
}
