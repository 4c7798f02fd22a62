package dev.aftercommit.demo.directory.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/**
 * An account is gone.
 *
 * @param userId the account
 * @param sequence counts the events of this account, from 1
 */
@DomainEvent(aggregateType = "account", type = "AccountDeleted")
public record AccountDeleted(@AggregateId long userId, long sequence) {}
