package dev.aftercommit.producer;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/** Events for tests. */
final class Events {
    private Events() {}

    @DomainEvent(aggregateType = "account", type = "AccountCreated")
    record AccountCreated(@AggregateId String accountId, String email) {}

    @DomainEvent(aggregateType = "account", type = "AccountMoved", version = 3)
    record AccountMoved(@AggregateId long accountId, String to) {}

    @DomainEvent(aggregateType = "account", type = "Raw")
    record Raw(@AggregateId String accountId, @JsonRawValue String json) {}

    /** Jackson cannot write it: it has no properties. */
    static final class Opaque {}

    @DomainEvent(aggregateType = "account", type = "Unserialisable")
    record Unserialisable(@AggregateId String accountId, Opaque opaque) {}

    record WithoutAnnotation(@AggregateId String accountId) {}

    @DomainEvent(aggregateType = "account", type = "WithoutAggregateId")
    record WithoutAggregateId(String accountId) {}
}
