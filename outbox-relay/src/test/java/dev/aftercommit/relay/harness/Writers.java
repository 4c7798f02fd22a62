package dev.aftercommit.relay.harness;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.producer.Outbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Services that write: each a thread with transactions of one to six events, interleaved with the others', some rolled
 * back. Goes on through the loss of PostgreSQL.
 */
public final class Writers implements AutoCloseable {
    @DomainEvent(aggregateType = "account", type = "AccountTouched")
    public record AccountTouched(@AggregateId String account, int writer, int number, String text) {}

    private static final int ACCOUNTS = 50;
    private static final int STEADY_PAUSE_MILLIS = 40;

    /** What a steady writer commits, about. */
    public static final int STEADILY_A_SECOND = 150;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final LongAdder committed = new LongAdder();

    private final int longestPauseMillis;

    private Writers(int longestPauseMillis) {
        this.longestPauseMillis = longestPauseMillis;
    }

    /**
     * Starts to write, as fast as it goes.
     *
     * @param eventsEach how many events a writer commits before it ends by itself
     */
    public static Writers start(RelayWorld world, int writers, int eventsEach, long seed) {
        return start(world, writers, eventsEach, seed, 0);
    }

    /**
     * Starts to write until it is closed, some {@value #STEADILY_A_SECOND} events a second each: the processor is for the relay,
     * and what an outage leaves is made up for in a moment.
     */
    public static Writers startSteadily(RelayWorld world, int writers, long seed) {
        return start(world, writers, Integer.MAX_VALUE, seed, STEADY_PAUSE_MILLIS);
    }

    private static Writers start(RelayWorld world, int writers, int eventsEach, long seed, int longestPauseMillis) {
        Writers started = new Writers(longestPauseMillis);
        for (int i = 0; i < writers; i++) {
            int writer = i;
            started.running.add(started.threads.submit(() -> {
                started.write(world, writer, eventsEach, new Random(seed + writer));
                return null;
            }));
        }
        return started;
    }

    /** Commits this many events by one writer. */
    public static void write(RelayWorld world, int events) throws InterruptedException {
        try (Writers writers = start(world, 1, events, 1)) {
            writers.awaitEnd();
        }
    }

    private void write(RelayWorld world, int writer, int events, Random random) throws InterruptedException {
        int number = 0;
        while (number < events && !stop.get()) {
            try (Connection connection = world.service()) {
                connection.setAutoCommit(false);
                while (number < events && !stop.get()) {
                    number += transaction(connection, writer, number, events - number, random);
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(longestPauseMillis + 1));
                }
            } catch (SQLException | RuntimeException e) {
                // PostgreSQL is away or went away in the middle; what was not committed is written anew
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private int transaction(Connection connection, int writer, int number, int most, Random random)
            throws SQLException {
        int count = Math.min(most, 1 + random.nextInt(6));
        for (int i = 0; i < count; i++) {
            String account = "account-" + random.nextInt(ACCOUNTS);
            Outbox.emit(connection, new AccountTouched(account, writer, number + i, "x".repeat(random.nextInt(400))));
        }
        if (random.nextInt(20) == 0) {
            connection.rollback();
            return 0;
        }
        connection.commit();
        committed.add(count);
        return count;
    }

    /** Events that are certainly committed. */
    public long committed() {
        return committed.sum();
    }

    /** Waits until every writer has written what it was to write. */
    public void awaitEnd() throws InterruptedException {
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Stops writing: when this returns, nothing more is committed. */
    @Override
    public void close() {
        stop.set(true);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(RelayWorld.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("The writers do not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
