package dev.aftercommit.demo.local;

import dev.aftercommit.demo.ServerUnavailableException;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
 * @param consumers the PostgreSQL of the services that are fed by events, with a database for each of them; the mail
 *     gateway's is here, too, since another server would only take longer to start
 * @param nats with JetStream
 */
public record Servers(PostgresServer accounts, PostgresServer consumers, NatsServer nats) implements AutoCloseable {
    /** account-service's database. */
    public static final String ACCOUNTS = "accounts";

    /** directory-service's database. */
    public static final String DIRECTORY = "directory";

    /** analytics-service's database. */
    public static final String ANALYTICS = "analytics";

    /** notification-service's database. */
    public static final String NOTIFICATION = "notification";

    /** The mail gateway's database. */
    public static final String MAIL = "mail";

    /**
     * Starts the servers, each with its data in this folder.
     *
     * @throws ServerUnavailableException when one does not start
     */
    static Servers start(Path folder) {
        List<AutoCloseable> started = new ArrayList<>();
        try (ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<PostgresServer> accounts =
                    starting.submit(() -> keep(started, () -> postgres(folder, "accounts", ACCOUNTS)));
            Future<PostgresServer> consumers = starting.submit(
                    () -> keep(started, () -> postgres(folder, "consumers", DIRECTORY, ANALYTICS, NOTIFICATION, MAIL)));
            Future<NatsServer> nats = starting.submit(() -> keep(
                    started,
                    () -> NatsServer.builder()
                            .storeDirectory(folder.resolve("jetstream"))
                            .config(natsLogins())
                            .start()));
            starting.shutdown();
            return new Servers(accounts.get(), consumers.get(), nats.get());
        } catch (ExecutionException e) {
            closeAll(started);
            throw new ServerUnavailableException("A server does not start: " + reason(e), e);
        } catch (InterruptedException e) {
            closeAll(started);
            Thread.currentThread().interrupt();
            throw new ServerUnavailableException("interrupted while the servers were starting", e);
        }
    }

    /** The role of a login. */
    static String role(String login) {
        return login.replace('-', '_');
    }

    /** The password of a login of PostgreSQL or NATS. */
    static String password(String login) {
        return login + "-demo";
    }

    /** The address of NATS for one of its logins. */
    public String natsUrl(String login) {
        return nats.url().replace("://", "://" + login + ":" + password(login) + "@");
    }

    /** The file names its passwords by settings. */
    private static String natsLogins() {
        StringBuilder config = new StringBuilder();
        for (String login : List.of("operator", "relay", "directory", "analytics", "notification", "page")) {
            config.append(login.toUpperCase(Locale.ROOT))
                    .append("_PASSWORD: \"")
                    .append(password(login))
                    .append("\"\n");
        }
        return config + resource("/nats-permissions.conf");
    }

    private static String resource(String name) {
        try (InputStream in = Servers.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private static PostgresServer postgres(Path folder, String name, String... databases) {
        PostgresServer server = PostgresServer.builder()
                .dataDirectory(folder.resolve(name + "-postgres"))
                .start();
        for (String database : databases) {
            server.createDatabase(database);
            Sql.execute(server.dataSource(database), resource("/logins/" + database + ".sql"));
        }
        return server;
    }

    /** SIGKILL: the data are thrown away anyhow. */
    @Override
    public void close() {
        closeAll(List.of(nats::kill, accounts::kill, consumers::kill, nats, accounts, consumers));
    }
}
