package dev.aftercommit.relay.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.Ports;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.testkit.OutboxStream;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database with an outbox, a NATS server, and relays as users run them: the packaged jar in its own process, with the
 * privileges that the documentation names and no others. Services write with those of a service; only the test itself
 * is a superuser.
 */
public final class RelayWorld implements AutoCloseable {
    public static final String SOURCE = "accounts";
    public static final String STREAM = "OUTBOX_ACCOUNTS";

    /** Long enough for a machine on which everything takes many times as long; what goes well does not wait for it. */
    public static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Whoever may do everything in NATS. */
    private static final String OPERATOR = "operator";

    private final NatsServer nats;
    private final List<Relay> relays = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Map<String, String> relaysNatsLogin = Map.of("OUTBOX_NATS_USER", "relay", "OUTBOX_NATS_PASSWORD", "relay");
    private volatile PostgresServer postgres;
    private @Nullable Connection asking;
    private UnaryOperator<Options.Builder> natsLogin = options -> options.userInfo(OPERATOR, OPERATOR);

    public RelayWorld() {
        this(AccountsPostgres.migrated().start(), natsServer().start());
    }

    /**
     * With these servers, which it closes.
     *
     * @param postgres one of {@link AccountsPostgres}
     */
    public RelayWorld(PostgresServer postgres, NatsServer nats) {
        this.postgres = postgres;
        this.nats = nats;
    }

    /** A server with the documented logins. */
    public static NatsServer.Builder natsServer() {
        return NatsServer.builder().config(NatsLogins.config());
    }

    /** How this test's own connections log in to a NATS server with other logins; relays log in as their settings say. */
    public RelayWorld natsLogin(UnaryOperator<Options.Builder> login) {
        natsLogin = login;
        relaysNatsLogin = Map.of();
        return this;
    }

    public PostgresServer postgres() {
        return postgres;
    }

    /** From now on this server has the database; the one before is gone. */
    public void failOverTo(PostgresServer promoted) {
        PostgresServer before = postgres;
        postgres = promoted;
        before.close();
    }

    public NatsServer nats() {
        return nats;
    }

    /** The database, for a superuser. */
    public DataSource dataSource() {
        return postgres.dataSource(AccountsPostgres.DATABASE);
    }

    /** A superuser's connection. */
    public java.sql.Connection database() throws SQLException {
        return dataSource().getConnection();
    }

    /** The connection of a service that emits. */
    public java.sql.Connection service() throws SQLException {
        return postgres.dataSource(AccountsPostgres.DATABASE)
                .getConnection(AccountsPostgres.SERVICE, AccountsPostgres.SERVICE);
    }

    public void sql(String... statements) throws SQLException {
        try (java.sql.Connection connection = database();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    public String query(String text) throws SQLException {
        try (java.sql.Connection connection = database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(text)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** The settings that let a command do everything in PostgreSQL. */
    public Map<String, String> administrator() {
        return Map.of("OUTBOX_DATABASE_USER", postgres.user(), "OUTBOX_DATABASE_PASSWORD", postgres.password());
    }

    /** The settings that let a command do everything in NATS. */
    public Map<String, String> operator() {
        return Map.of("OUTBOX_NATS_USER", OPERATOR, "OUTBOX_NATS_PASSWORD", OPERATOR);
    }

    /** The settings of a relay of this world. */
    public Map<String, String> settings(int httpPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("OUTBOX_SOURCE", SOURCE);
        settings.put("OUTBOX_DATABASE_URL", postgres.jdbcUrl(AccountsPostgres.DATABASE));
        settings.put("OUTBOX_DATABASE_USER", AccountsPostgres.RELAY);
        settings.put("OUTBOX_DATABASE_PASSWORD", AccountsPostgres.RELAY);
        settings.put("OUTBOX_NATS_URL", nats.url());
        settings.putAll(relaysNatsLogin);
        settings.put("OUTBOX_HTTP_PORT", Integer.toString(httpPort));
        return settings;
    }

    /** A relay process and where it answers. */
    public record Relay(JavaProcess process, int httpPort, Path log) {
        public String output() {
            return RelayJar.read(log);
        }
    }

    /** Starts a relay without waiting for anything. */
    public Relay launch() {
        return launch("run", Map.of());
    }

    public Relay launch(String command, Map<String, String> changed) {
        int port = Ports.free();
        Map<String, String> settings = settings(port);
        settings.putAll(changed);
        settings.values().removeIf(String::isEmpty);
        Path log = RelayJar.newLog();
        JavaProcess process = RelayJar.launch(command, settings, log);
        Relay relay = new Relay(process, port, log);
        relays.add(relay);
        return relay;
    }

    /**
     * What every relay of this world has logged so far is fit for an operator to read, and none has asked NATS for what
     * its login may not do.
     */
    public void requireClearLogs() {
        relays.forEach(relay -> Words.requireClear(relay.output()));
        assertThat(RelayJar.read(nats.log())).doesNotContain("Violation");
    }

    /** Starts a relay and waits until it is in one of the states. */
    public Relay start(String... states) {
        Relay relay = launch();
        awaitState(relay, states.length == 0 ? new String[] {"streaming"} : states);
        return relay;
    }

    public void awaitState(Relay relay, String... states) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(relay.process().isAlive() ? get(relay, "/readyz") : relay.output())
                        .as(() -> "state of the relay; its log:%n%s".formatted(relay.output()))
                        .containsAnyOf(states));
    }

    public String get(Relay relay, String path) {
        return request(relay, "GET", path);
    }

    public String request(Relay relay, String method, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + relay.httpPort() + path))
                    .timeout(Duration.ofSeconds(5))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return "no answer";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs a command to its end.
     *
     * @param changed settings that differ; an empty one is left out
     */
    public RelayJar.Result command(String command, Map<String, String> changed) {
        return command(command, changed, "");
    }

    /** As {@link #command(String, Map)}, by somebody who types this. */
    public RelayJar.Result command(String command, Map<String, String> changed, String input) {
        Map<String, String> settings = settings(0);
        settings.putAll(changed);
        settings.values().removeIf(String::isEmpty);
        return RelayJar.run(command, settings, input);
    }

    public Connection natsConnection() throws IOException, InterruptedException {
        return Nats.connect(natsLogin
                .apply(Options.builder()
                        .server(nats.url())
                        .noReconnect()
                        // That servers go away is what these tests are about.
                        .errorListener(new ErrorListener() {}))
                .build());
    }

    /** How many messages the stream has ever stored; 0 while it does not exist or NATS is away. */
    public synchronized long stored() {
        try {
            // It is asked all the time, and to connect costs many times what a question does.
            if (asking == null || asking.getStatus() != Connection.Status.CONNECTED) {
                asking = natsConnection();
            }
            StreamInfo info = asking.jetStreamManagement().getStreamInfo(STREAM);
            return info.getStreamState().getLastSequence();
        } catch (Exception e) {
            return 0;
        }
    }

    public void awaitStored(long count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(
                        () -> assertThat(stored()).as(this::describeProcesses).isGreaterThanOrEqualTo(count));
    }

    /** What a failure needs to be understood on a machine that nobody can look at. */
    public String describeProcesses() {
        StringBuilder text = new StringBuilder("messages stored");
        for (Relay relay : relays) {
            text.append("; relay %d %s, its log:%n%s"
                    .formatted(
                            relay.process().pid(), relay.process().isAlive() ? "runs" : "has ended", relay.output()));
        }
        return text.append("; NATS:%n%s".formatted(RelayJar.read(nats.log()))).toString();
    }

    /** Everything in the stream, in order, read by a raw client. */
    public List<StoredMessage> readStream() throws IOException, InterruptedException {
        try (Connection connection = natsConnection()) {
            return OutboxStream.of(connection, SOURCE).messages();
        }
    }

    @Override
    public synchronized void close() {
        relays.forEach(relay -> relay.process().close());
        try {
            if (asking != null) {
                asking.close();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        nats.close();
        postgres.close();
    }
}
