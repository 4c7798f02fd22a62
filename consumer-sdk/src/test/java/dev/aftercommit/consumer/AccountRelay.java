package dev.aftercommit.consumer;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.testkit.TestRelay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes events of accounts, each account's numbered from 1. For one thread. */
final class AccountRelay extends TestRelay {
    static final int PARTITIONS = Partitions.DEFAULT_COUNT;

    private final Map<String, Integer> numbers = new HashMap<>();

    AccountRelay(String natsUrl, String source) {
        super(natsUrl, source);
    }

    /** With its stream. */
    public static AccountRelay start(String natsUrl, String source) {
        AccountRelay relay = new AccountRelay(natsUrl, source);
        relay.stream().create();
        return relay;
    }

    static List<String> accounts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "account-" + i).toList();
    }

    /** The next AccountCreated of an account, stored when it returns, however often the server is away meanwhile. */
    EventEnvelope publish(String account) {
        return publish(next(account));
    }

    /** Many AccountCreated, round robin over these accounts; stored when it returns. Needs a server that stays up. */
    void publishBurst(int count, List<String> accounts) {
        publishAll(IntStream.range(0, count)
                .mapToObj(i -> next(accounts.get(i % accounts.size())))
                .toList());
    }

    /** Stores an AccountCreated at the position of an earlier event. */
    void publishInstead(int index, String account) {
        publishInstead(index, next(account));
    }

    /** Of an event with a header of its own, to be published by hand. */
    EventEnvelope envelope(Object event) {
        return envelope(event, Map.of("tenant", "blue"));
    }

    private AccountCreated next(String account) {
        return new AccountCreated(account, numbers.merge(account, 1, Integer::sum));
    }
}
