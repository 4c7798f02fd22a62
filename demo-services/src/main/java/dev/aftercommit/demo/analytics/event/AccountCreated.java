package dev.aftercommit.demo.analytics.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import java.time.Instant;

/**
 * Somebody opened an account: what is counted of it, and nothing else of the payload.
 *
 * @param userId the account
 * @param createdOn by the clock of the accounts' database
 */
@DomainEvent(aggregateType = "account", type = "AccountCreated")
public record AccountCreated(@AggregateId long userId, Instant createdOn) {}
