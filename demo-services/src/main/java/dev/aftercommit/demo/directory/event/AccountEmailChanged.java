package dev.aftercommit.demo.directory.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/**
 * An account has a new e-mail address.
 *
 * @param userId the account
 * @param sequence counts the events of this account, from 1
 * @param email the new address
 */
@DomainEvent(aggregateType = "account", type = "AccountEmailChanged")
public record AccountEmailChanged(@AggregateId long userId, long sequence, String email) {}
