package dev.aftercommit.consumer;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/** Published by the tests, handled by few of them. */
@DomainEvent(aggregateType = "account", type = "AccountClosed")
record AccountClosed(@AggregateId String account, int number) {}
