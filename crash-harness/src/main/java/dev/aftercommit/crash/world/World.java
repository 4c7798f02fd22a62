package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One source: its database, the broker, its relays, and what has been done to them. Thread-safe. */
public final class World implements AutoCloseable {
    private final Path folder;
    private final Path copies;
    private final RoundLog log;
    private volatile PostgresServer postgres;
    private final Broker broker;
    private final Links links;
    private final EventStream stream;
    private final ParkedEvents parked = new ParkedEvents(this);
    private final List<RelayProcess> relays = new ArrayList<>();
    private volatile @Nullable Consumers consumers;
    private volatile boolean databaseWentBack;

    private World(Path folder, RoundLog log, PostgresServer postgres, Broker broker) throws IOException {
        this.folder = folder;
        this.copies = Files.createTempDirectory("aftercommit-round-");
        this.log = log;
        this.postgres = postgres;
        this.broker = broker;
        this.links = new Links(postgres, broker);
        this.stream = new EventStream(broker.url());
    }

    /**
     * A new one, without relays.
     *
     * @param folder for logs
     * @param clustered whether the broker is a cluster
     */
    public static World start(DatabaseTemplate template, Path folder, RoundLog log, boolean clustered)
            throws IOException {
        PostgresServer postgres = template.start();
        try {
            return new World(folder, log, postgres, Broker.start(clustered));
        } catch (IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    public PostgresServer postgres() {
        return postgres;
    }

    public Broker broker() {
        return broker;
    }

    /** The ways from the relays to the servers. */
    public Links links() {
        return links;
    }

    /** The producer's database, reached directly. */
    public DataSource database() {
        return postgres.dataSource(DatabaseTemplate.OUTBOX);
    }

    /** A new connection to it. */
    public Connection connect() throws SQLException {
        return database().getConnection();
    }

    public ReplicationSlot slot() {
        return new ReplicationSlot(database());
    }

    public EventStream stream() {
        return stream;
    }

    public ParkedEvents parked() {
        return parked;
    }

    public RoundLog log() {
        return log;
    }

    /** Where a fault may put a copy of a server's data; it does not outlive the world. */
    public Path newCopy() throws IOException {
        return Files.createTempDirectory(copies, "copy-").resolve("data");
    }

    /** Starts relays that are kept running, as a service manager does. */
    public void startRelays(int count, RelayProgram program) {
        for (int i = 1; i <= count; i++) {
            RelayProcess relay = new RelayProcess("relay-" + i, program, relaySettings(), folder);
            relays.add(relay);
            relay.process().start();
        }
    }

    private Map<String, String> relaySettings() {
        return Map.of(
                "OUTBOX_SOURCE", EventStream.SOURCE,
                "OUTBOX_DATABASE_URL", links.jdbcUrl(DatabaseTemplate.OUTBOX),
                "OUTBOX_DATABASE_USER", postgres.user(),
                "OUTBOX_DATABASE_PASSWORD", postgres.password(),
                "OUTBOX_NATS_URL", links.natsUrl(),
                "OUTBOX_STREAM_REPLICAS", Integer.toString(broker.servers().size()));
    }

    /** Starts instances of the service that handles the events, kept running likewise. */
    public void startConsumers(int count, ConsumerProgram program, long poison) throws IOException {
        consumers = Consumers.start(count, program, broker, poison, folder);
    }

    /**
     * The service that handles the events.
     *
     * @throws IllegalStateException when there is none in this round
     */
    public Consumers consumers() {
        @Nullable Consumers started = consumers;
        if (started == null) {
            throw new IllegalStateException("nobody handles the events of this round");
        }
        return started;
    }

    public List<RelayProcess> relays() {
        return List.copyOf(relays);
    }

    /** Something that a fault does. */
    public interface Act {
        void run() throws Exception;
    }

    /** Does something while no relay runs. */
    public void whileRelaysAreAway(Act act) throws Exception {
        relays.forEach(relay -> relay.process().kill());
        try {
            act.run();
        } finally {
            relays.forEach(relay -> relay.process().start());
        }
    }

    /** Says that the database has lost committed events: a restore or a failover. */
    public void databaseGoesBack() {
        databaseWentBack = true;
    }

    public boolean databaseWentBack() {
        return databaseWentBack;
    }

    /** From now on this server is the source's database; the one before is gone, with what it had alone. */
    void failOverTo(PostgresServer standby) throws IOException {
        PostgresServer before = postgres;
        keepLog(before.log(), "postgres-before-failover.log");
        databaseGoesBack();
        postgres = standby;
        links.redirect(standby);
        before.close();
    }

    /** Puts the servers' logs beside the relays'. */
    public void keepLogs() throws IOException {
        keepLog(postgres.log(), "postgres.log");
        @Nullable Consumers started = consumers;
        if (started != null) {
            keepLog(started.postgres().log(), "postgres-of-consumers.log");
        }
        for (NatsServer server : broker.servers()) {
            keepLog(server.log(), "nats-" + (broker.servers().indexOf(server) + 1) + ".log");
        }
    }

    private void keepLog(Path log, String name) throws IOException {
        Files.copy(log, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() {
        relays.forEach(RelayProcess::close);
        @Nullable Consumers started = consumers;
        if (started != null) {
            started.close();
        }
        links.close();
        stream.close();
        broker.close();
        postgres.kill();
        postgres.close();
        Folders.delete(copies);
    }
}
