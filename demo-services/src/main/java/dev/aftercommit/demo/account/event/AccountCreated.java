package dev.aftercommit.demo.account.event;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import java.time.Instant;

/**
 * Somebody opened an account. Carries no password.
 *
 * @param userId the account
 * @param sequence counts the events of this account, from 1
 * @param username unique among the accounts
 * @param email where the owner can be reached
 * @param createdOn by the clock of the accounts' database
 */
@DomainEvent(aggregateType = "account", type = "AccountCreated")
public record AccountCreated(
        @AggregateId long userId, long sequence, String username, String email, Instant createdOn) {}
