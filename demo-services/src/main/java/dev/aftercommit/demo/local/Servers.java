package dev.aftercommit.demo.local;

import dev.aftercommit.demo.ServerUnavailableException;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The servers below the programs.
 *
 * @param accounts the PostgreSQL of account-service, with the database {@code accounts}
 * @param directory the PostgreSQL of directory-service, with the database {@code directory}
 * @param nats with JetStream
 */
public record Servers(PostgresServer accounts, PostgresServer directory, NatsServer nats) implements AutoCloseable {
    /** account-service's database. */
    public static final String ACCOUNTS = "accounts";

    /** directory-service's database. */
    public static final String DIRECTORY = "directory";

    /**
     * Starts the servers, each with its data in this folder.
     *
     * @throws ServerUnavailableException when one does not start
     */
    static Servers start(Path folder) {
        List<AutoCloseable> started = new ArrayList<>();
        try (ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<PostgresServer> accounts = starting.submit(() -> keep(started, () -> postgres(folder, ACCOUNTS)));
            Future<PostgresServer> directory = starting.submit(() -> keep(started, () -> postgres(folder, DIRECTORY)));
            Future<NatsServer> nats = starting.submit(() -> keep(
                    started,
                    () -> NatsServer.builder()
                            .storeDirectory(folder.resolve("jetstream"))
                            .start()));
            starting.shutdown();
            return new Servers(accounts.get(), directory.get(), nats.get());
        } catch (ExecutionException e) {
            closeAll(started);
            throw new ServerUnavailableException("A server does not start: " + reason(e), e);
        } catch (InterruptedException e) {
            closeAll(started);
            Thread.currentThread().interrupt();
            throw new ServerUnavailableException("interrupted while the servers were starting", e);
        }
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> started, Callable<T> start) throws Exception {
        T server = start.call();
        synchronized (started) {
            started.add(server);
        }
        return server;
    }

    private static @Nullable String reason(ExecutionException e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }

    private static void closeAll(List<AutoCloseable> servers) {
        servers.forEach(Quietly::close);
    }

    private static PostgresServer postgres(Path folder, String database) {
        PostgresServer server = PostgresServer.builder()
                .dataDirectory(folder.resolve(database + "-postgres"))
                .start();
        server.createDatabase(database);
        return server;
    }

    /** SIGKILL: the data are thrown away anyhow. */
    @Override
    public void close() {
        closeAll(List.of(nats::kill, accounts::kill, directory::kill, nats, accounts, directory));
    }
}
