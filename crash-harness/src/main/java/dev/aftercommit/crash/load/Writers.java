package dev.aftercommit.crash.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Services that write side by side until they are closed, whatever happens to their database. Thread-safe. */
public final class Writers implements AutoCloseable {
    private static final int LONGEST_PAUSE_MILLIS = 20;
    private static final Duration RECONNECT_AFTER = Duration.ofMillis(20);
    private static final Duration END = Duration.ofSeconds(60);

    /** How to reach the database, which may be another server the next time. */
    public interface Database {
        Connection connect() throws SQLException;
    }

    private final Database database;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();
    private final Queue<TransactionKind> asked = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stop = new AtomicBoolean();

    private Writers(Database database) {
        this.database = database;
    }

    public static Writers start(Database database, int count, long seed) {
        Writers writers = new Writers(database);
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            String name = "writer-" + i;
            Random random = new Random(seeds.nextLong());
            writers.running.add(writers.threads.submit(() -> {
                writers.write(name, random);
                return null;
            }));
        }
        return writers;
    }

    /** Writes some transactions and returns when they are committed. */
    public static void writeSome(Database database, int transactions, long seed)
            throws SQLException, InterruptedException {
        write(database, TransactionKind.ORDINARY, transactions, seed);
    }

    /** Writes some rows that break the contract, which the table has to let through. */
    public static void writeMalformed(Database database, int rows, long seed)
            throws SQLException, InterruptedException {
        write(database, TransactionKind.MALFORMED, rows, seed);
    }

    private static void write(Database database, TransactionKind kind, int transactions, long seed)
            throws SQLException, InterruptedException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Writing writing = Writing.on(connection, "other", new Random(seed));
            for (int i = 0; i < transactions; i++) {
                kind.write(writing);
            }
        }
    }

    /** Lets one of them write a transaction of 100,000 events. */
    public void writeHugeTransaction() {
        asked.add(TransactionKind.HUGE);
    }

    private void write(String name, Random random) throws InterruptedException, SQLException {
        boolean ended = false;
        while (!ended) {
            try (Connection connection = database.connect()) {
                Writing writing = Writing.on(connection, name, random);
                writing.endPrepared();
                connection.setAutoCommit(false);
                while (!stop.get()) {
                    TransactionKind kind = asked.poll();
                    (kind == null ? TransactionKind.draw(random) : kind).write(writing);
                    Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                }
                ended = true;
            } catch (SQLException e) {
                requireForeseen(e);
                Thread.sleep(RECONNECT_AFTER);
            }
        }
    }

    /** The server went away (08, 57), comes back (57), is full of connections (53), or broke a tie of locks (40, 55). */
    private static void requireForeseen(SQLException e) throws SQLException {
        String state = e.getSQLState() == null ? "08" : e.getSQLState().substring(0, 2);
        if (!List.of("08", "57", "53", "40", "55").contains(state)) {
            throw e;
        }
    }

    /**
     * Stops writing: when this returns, nothing more is committed, and nothing is left prepared.
     *
     * @throws IllegalStateException when a writer failed for another reason than a lost database
     */
    @Override
    public void close() {
        stop.set(true);
        try {
            for (Future<?> writer : running) {
                writer.get(END.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a writer failed", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
