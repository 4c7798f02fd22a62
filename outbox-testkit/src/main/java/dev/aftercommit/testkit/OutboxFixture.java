package dev.aftercommit.testkit;

import dev.aftercommit.testkit.internal.servers.DatabaseCopy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What one test has for itself: a database with the schemas {@code outbox} and {@code inbox}, of a superuser, and a source
 * whose stream nobody else writes. {@link OutboxTest} hands it to tests; without JUnit:
 *
 * <pre>{@code
 * try (OutboxFixture fixture = OutboxFixture.open(TestServers.shared())) { ... }
 * }</pre>
 *
 * <p>Thread-safe, but for what {@link #relay()} returns.
 */
public final class OutboxFixture implements AutoCloseable {
    private static final AtomicInteger SOURCES = new AtomicInteger();

    private final TestServers servers;
    private final List<DatabaseSchema> schemas;
    private final DatabaseCopy database;
    private final String source;
    private @Nullable TestRelay relay;

    private OutboxFixture(TestServers servers, List<DatabaseSchema> schemas) {
        this.servers = servers;
        this.schemas = schemas;
        this.database = servers.database(schemas);
        this.source = "test-" + SOURCES.incrementAndGet();
    }

    /**
     * A new one.
     *
     * @param schemas the service's tables; made once for each of these objects, so hand in the same ones each time
     */
    public static OutboxFixture open(TestServers servers, DatabaseSchema... schemas) {
        return new OutboxFixture(servers, List.of(schemas));
    }

    /** With the same tables, and nothing in them that has happened here. */
    OutboxFixture another() {
        return new OutboxFixture(servers, schemas);
    }

    /** The database; a new connection each time. */
    public DataSource dataSource() {
        return database.dataSource();
    }

    /** Where the database is, for a pool or a framework. */
    public String jdbcUrl() {
        return database.jdbcUrl();
    }

    public String user() {
        return database.server().user();
    }

    public String password() {
        return database.server().password();
    }

    /** Where NATS is. */
    public String natsUrl() {
        return servers.natsUrl();
    }

    /** The name of the source whose stream {@link #relay()} writes, such as {@code test-7}. */
    public String source() {
        return source;
    }

    /** What is emitted in the database. */
    public TestOutbox outbox() {
        return TestOutbox.of(dataSource());
    }

    /** Writes the source's stream, which is made with the first call. */
    public synchronized TestRelay relay() {
        if (relay == null) {
            relay = TestRelay.start(natsUrl(), source);
        }
        return relay;
    }

    /** What consumers have handled in the database. */
    public TestInbox inbox() {
        return TestInbox.of(dataSource(), source);
    }

    /** Handlers under fire, in copies of the database as it was when the test began. */
    public HandlerFuzz fuzz() {
        return new HandlerFuzz(this);
    }

    /** Deletes the stream and drops the database, whoever is still connected. */
    @Override
    public synchronized void close() {
        try (DatabaseCopy dropped = database;
                TestRelay closed = relay) {
            if (closed != null) {
                closed.stream().delete();
            }
        } finally {
            relay = null;
        }
    }
}
