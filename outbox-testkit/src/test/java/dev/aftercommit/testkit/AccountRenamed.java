package dev.aftercommit.testkit;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

@DomainEvent(aggregateType = "account", type = "AccountRenamed", version = 2)
record AccountRenamed(@AggregateId String account, String name) {}
