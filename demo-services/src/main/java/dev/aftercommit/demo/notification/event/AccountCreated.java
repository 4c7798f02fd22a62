package dev.aftercommit.demo.notification.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/**
 * Somebody opened an account: what a mail needs of it, and nothing else of the payload.
 *
 * @param userId the account
 * @param username what the person is called
 * @param email where the mail goes
 */
@DomainEvent(aggregateType = "account", type = "AccountCreated")
public record AccountCreated(@AggregateId long userId, String username, String email) {}
