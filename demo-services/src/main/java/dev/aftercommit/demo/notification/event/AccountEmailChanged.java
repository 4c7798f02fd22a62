package dev.aftercommit.demo.notification.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/**
 * An account has a new e-mail address.
 *
 * @param userId the account
 * @param email the new address
 */
@DomainEvent(aggregateType = "account", type = "AccountEmailChanged")
public record AccountEmailChanged(@AggregateId long userId, String email) {}
