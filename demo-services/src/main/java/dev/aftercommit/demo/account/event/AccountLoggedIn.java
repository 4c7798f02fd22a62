package dev.aftercommit.demo.account.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import java.time.Instant;

/**
 * The owner of an account logged in.
 *
 * @param userId the account
 * @param sequence counts the events of this account, from 1
 * @param lastLogin by the clock of the accounts' database
 */
@DomainEvent(aggregateType = "account", type = "AccountLoggedIn")
public record AccountLoggedIn(@AggregateId long userId, long sequence, Instant lastLogin) {}
