package dev.aftercommit.testkit;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

@DomainEvent(aggregateType = "account", type = "AccountCreated")
record AccountCreated(@AggregateId String account, int number) {}
