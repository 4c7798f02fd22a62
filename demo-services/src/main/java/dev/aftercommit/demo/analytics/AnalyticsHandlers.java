package dev.aftercommit.demo.analytics;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.consumer.Handles;
import dev.aftercommit.demo.analytics.event.AccountCreated;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/** Counts new accounts by the minute in which they were opened, as many at a time as there are. */
public final class AnalyticsHandlers {
    /** A backlog of a hundred accounts is one statement here, not a hundred. */
    @Handles(AccountCreated.class)
    public void count(List<EnvelopedEvent<AccountCreated>> created, DSLContext tx) {
        int partition = created.getFirst().envelope().partition();
        int list = 1;
        for (var minute : byMinute(created.stream().map(EnvelopedEvent::event)).entrySet()) {
            tx.execute(
                    "INSERT INTO accounts_per_minute AS before (minute, partition, accounts, lists)"
                            + " VALUES (CAST(? AS timestamptz), ?, ?, ?)"
                            + " ON CONFLICT (minute, partition) DO UPDATE"
                            + " SET accounts = before.accounts + excluded.accounts, lists = before.lists + excluded.lists",
                    minute.getKey().atOffset(ZoneOffset.UTC),
                    partition,
                    minute.getValue(),
                    list);
            list = 0; // one that spans two minutes is one list
        }
    }

    /** By when they were opened, not by when that is counted: an analytics-service that was away changes no minute. */
    static SortedMap<Instant, Long> byMinute(Stream<AccountCreated> created) {
        return created.collect(Collectors.groupingBy(
                event -> event.createdOn().truncatedTo(ChronoUnit.MINUTES), TreeMap::new, Collectors.counting()));
    }
}
