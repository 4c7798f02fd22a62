package dev.aftercommit.crash.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.Upcasts;
import org.jspecify.annotations.Nullable;

/** The number counts the events of the cart. */
@DomainEvent(aggregateType = "Cart-2", type = "order.placed", version = 2)
record CartOrdered(@AggregateId @Nullable String id, long number) {
    @Upcasts(from = 1)
    static ObjectNode keep(ObjectNode payload) {
        return payload;
    }
}
