package dev.aftercommit.benchmarks;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;

/**
 * What the loads emit: about 300 bytes as JSON.
 *
 * @param run tells the events of one measurement from those of another
 * @param number counts the events of a run from 0
 */
@DomainEvent(aggregateType = "account", type = "AccountTouched")
record LoadEvent(@AggregateId String account, int run, int number, String text) {
    private static final int ACCOUNTS = 10_000;
    private static final String TEXT = "x".repeat(230);

    static LoadEvent of(int run, int number) {
        return new LoadEvent("account-" + number % ACCOUNTS, run, number, TEXT);
    }
}
