package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.migrations.Migrations;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** PostgreSQL with an outbox and a NATS server, both for one benchmark alone. */
final class Servers implements AutoCloseable {
    static final String SOURCE = "accounts";
    static final String STREAM = "OUTBOX_ACCOUNTS";
    private static final int STREAM_NOT_FOUND = 10059;

    private final PostgresServer postgres;
    private final NatsServer nats;
    private final Connection connection;

    private Servers(PostgresServer postgres, NatsServer nats, Connection connection) {
        this.postgres = postgres;
        this.nats = nats;
        this.connection = connection;
    }

    static Servers start() throws IOException, InterruptedException {
        // No checkpoint in the middle of a measurement; all else, fsync too, is as PostgreSQL has it.
        PostgresServer postgres = PostgresServer.builder()
                .setting("max_wal_size", "8GB")
                .setting("checkpoint_timeout", "1h")
                .start();
        NatsServer nats = NatsServer.start();
        postgres.createDatabase(SOURCE);
        Migrations.outbox(postgres.dataSource(SOURCE)).migrate();
        Connection connection =
                Nats.connect(Options.builder().server(nats.url()).build());
        return new Servers(postgres, nats, connection);
    }

    PostgresServer postgres() {
        return postgres;
    }

    NatsServer nats() {
        return nats;
    }

    Connection connection() {
        return connection;
    }

    DataSource database() {
        return postgres.dataSource(SOURCE);
    }

    void sql(String... statements) throws SQLException {
        try (java.sql.Connection database = database().getConnection();
                Statement statement = database.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    @Nullable
    String query(String text) throws SQLException {
        try (java.sql.Connection database = database().getConnection();
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(text)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** The state of a stream, or nothing while there is no such stream. */
    Optional<StreamState> stream(String name) throws IOException, JetStreamApiException {
        try {
            return Optional.of(streams().getStreamInfo(name).getStreamState());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == STREAM_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The sequence of the last message of the relay's stream; 0 while there is none. */
    long lastSequence() throws IOException, JetStreamApiException {
        return stream(STREAM).map(StreamState::getLastSequence).orElse(0L);
    }

    void deleteStream(String name) throws IOException, JetStreamApiException {
        if (stream(name).isPresent()) {
            streams().deleteStream(name);
        }
    }

    void makeStream(String name, String subjects) throws IOException, JetStreamApiException {
        streams()
                .addStream(StreamConfiguration.builder()
                        .name(name)
                        .subjects(subjects)
                        .storageType(StorageType.File)
                        .build());
    }

    private JetStreamManagement streams() throws IOException {
        return connection.jetStreamManagement();
    }

    /** The nats-server among the processes that this one started. */
    ProcessUsage natsUsage() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info()
                        .command()
                        .filter(command -> command.endsWith("nats-server"))
                        .isPresent())
                .findFirst()
                .map(child -> new ProcessUsage(child.pid()))
                .orElseThrow(() -> new IllegalStateException("the nats-server's process is not to be found"));
    }

    /** CPU time so far of PostgreSQL's processes that are there, sessions included. */
    Duration postgresCpu() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info()
                        .command()
                        .filter(command -> command.endsWith("postgres"))
                        .isPresent())
                .map(child -> new ProcessUsage(child.pid()).cpu())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** The walsender that streams from a slot, or nothing while there is none. */
    Optional<ProcessUsage> walsenderUsage(String slot) throws SQLException {
        String pid = query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
        return Optional.ofNullable(pid).map(text -> new ProcessUsage(Long.parseLong(text)));
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
        nats.close();
        postgres.close();
    }
}
