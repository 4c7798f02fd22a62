package dev.aftercommit.consumer;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/** The number counts the events of the account, from 1. */
@DomainEvent(aggregateType = "account", type = "AccountCreated")
record AccountCreated(@AggregateId String account, int number) {}
