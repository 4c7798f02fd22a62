package dev.aftercommit.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** Clients that run transactions of one kind as fast as they can, on connections that they keep. */
final class EmitClients implements AutoCloseable {
    private final EmitLoad load;
    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads;

    EmitClients(DataSource database, EmitLoad load, int count) throws SQLException {
        this.load = load;
        this.threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            Connection connection = database.getConnection();
            connection.setAutoCommit(false);
            connections.add(connection);
        }
    }

    EmitLoad load() {
        return load;
    }

    /** The number of transactions that were committed. */
    long runFor(Duration time) throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + time.toNanos();
        List<Callable<Integer>> clients = new ArrayList<>();
        for (Connection connection : connections) {
            clients.add(() -> commitUntil(end, connection));
        }
        long committed = 0;
        for (Future<Integer> client : threads.invokeAll(clients)) {
            committed += client.get();
        }
        return committed;
    }

    private int commitUntil(long end, Connection connection) throws SQLException {
        int number = 0;
        while (System.nanoTime() < end) {
            load.write(connection, number++);
            connection.commit();
        }
        return number;
    }

    @Override
    public void close() throws SQLException {
        threads.shutdownNow();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
