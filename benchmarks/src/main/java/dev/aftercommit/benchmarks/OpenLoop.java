package dev.aftercommit.benchmarks;

import dev.aftercommit.producer.Outbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * A load that does not wait for what it loads: each event is due at its own time, whatever became of those before it,
 * and is emitted in its own transaction.
 */
final class OpenLoop implements AutoCloseable {
    private static final int WRITERS = 8;
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    private final List<Future<?>> writers = new ArrayList<>();
    private final long start = System.nanoTime() + LEAD_NANOS;

    /** Starts to emit the timeline's events at this rate. */
    static OpenLoop start(DataSource database, Timeline timeline, int rate) {
        OpenLoop load = new OpenLoop();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            load.writers.add(load.threads.submit(() -> {
                load.write(database, timeline, rate, writer);
                return null;
            }));
        }
        return load;
    }

    private void write(DataSource database, Timeline timeline, int rate, int writer) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (int number = writer; number < timeline.events(); number += WRITERS) {
                long due = start + number * 1_000_000_000L / rate;
                awaitTime(due);
                Outbox.emit(connection, LoadEvent.of(timeline.run(), number));
                connection.commit();
                timeline.committed(number, due, System.nanoTime());
            }
        }
    }

    private static void awaitTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits until this much of the load's time is over. */
    void awaitSecond(int second) {
        awaitTime(start + TimeUnit.SECONDS.toNanos(second));
    }

    /** Waits until everything is committed. */
    void awaitEnd() throws InterruptedException, ExecutionException {
        for (Future<?> writer : writers) {
            writer.get();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
