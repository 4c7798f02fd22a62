package dev.aftercommit.demo.howto;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

@DomainEvent(aggregateType = "account", type = "AccountCreated")
record AccountCreated(@AggregateId String id, String email) {}
