package dev.aftercommit.testkit;

import dev.aftercommit.testkit.internal.fuzz.Fuzz;
import dev.aftercommit.testkit.internal.fuzz.FuzzConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Plays what may happen to events on their way to handlers, and compares what is in the database then with what is there
 * when the same events come in order, one by one, and nothing goes wrong.
 *
 * <pre>{@code
 * fuzz.consumer((database, nats, source) -> DirectoryService.start(database, nats, source))
 *         .events(new AccountCreated("anna"), new AccountRenamed("anna", "ann"), new AccountCreated("bob"))
 *         .comparing("SELECT account, name FROM directory ORDER BY account")
 *         .run();
 * }</pre>
 *
 * <p>What happens is what the guarantee allows, and nothing else: events of different aggregates come in any order, those of
 * one in theirs; some share a transaction; a connection is lost before a transaction is committed, or with the answer to the
 * commit; the service crashes before a commit and another instance goes on; an event is stored twice. Each schedule is played
 * by the service's own consumer in a copy of the test's database, with a stream of one partition. So nothing is said about
 * handlers that several threads call at a time.
 *
 * <p>A failure tells the smallest schedule that was found, and the seed to play it again. The same seed gives the same
 * schedules. A consumer's own way to gather events into transactions is not taken from it: a batch after a fault may come
 * in parts.
 *
 * <p>A run takes a second or two. Not thread-safe.
 */
public final class HandlerFuzz {
    private final OutboxFixture fixture;
    private final List<Object> events = new ArrayList<>();
    private final List<String> queries = new ArrayList<>();
    private @Nullable ConsumerInstance consumer;
    private int runs = 20;
    private long seed = 1;
    private Duration patience = Duration.ofSeconds(10);

    HandlerFuzz(OutboxFixture fixture) {
        this.fixture = fixture;
    }

    /** Starts an instance of the service's consumer, with handlers of its own. */
    @FunctionalInterface
    public interface ConsumerInstance {
        /**
         * Builds and starts it.
         *
         * @param database what it has to use for everything: its commits are what faults happen at. It hands out a new
         *     connection each time and may be put into a pool
         * @param natsUrl where NATS is
         * @param source whose events it handles
         * @return what stops the instance
         */
        AutoCloseable start(DataSource database, String natsUrl, String source) throws Exception;
    }

    /** What is tried. Required. */
    public HandlerFuzz consumer(ConsumerInstance instance) {
        consumer = instance;
        return this;
    }

    /** Adds events, of several aggregates best, in an order in which the handlers can handle them. Required. */
    public HandlerFuzz events(Object... more) {
        events.addAll(List.of(more));
        return this;
    }

    /**
     * Adds queries whose results have to be the same. Leave out what may differ, such as times and generated ids, and give them
     * an order. Required.
     */
    public HandlerFuzz comparing(String... more) {
        queries.addAll(List.of(more));
        return this;
    }

    /** How many schedules are played. Default: 20. */
    public HandlerFuzz runs(int count) {
        runs = count;
        return this;
    }

    /** The seed of the first run; each run after it has the next. Default: 1. */
    public HandlerFuzz seed(long first) {
        seed = first;
        return this;
    }

    /** How long the consumer may take for a step, its retries included. Default: 10 seconds. */
    public HandlerFuzz patience(Duration atMost) {
        patience = atMost;
        return this;
    }

    /**
     * Plays the schedules.
     *
     * @throws AssertionError when one leads to other rows than the run in order
     * @throws IllegalStateException when something required is missing
     */
    public void run() {
        if (consumer == null || events.isEmpty() || queries.isEmpty()) {
            throw new IllegalStateException(
                    "HandlerFuzz needs consumer(...), events(...) and comparing(...) before run().");
        }
        FuzzConfig config = new FuzzConfig(consumer, events, queries, seed, runs, patience);
        new Fuzz(fixture::another, config).run();
    }
}
