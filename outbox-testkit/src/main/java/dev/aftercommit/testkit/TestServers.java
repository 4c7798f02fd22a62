package dev.aftercommit.testkit;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.testkit.internal.servers.DatabaseCopies;
import dev.aftercommit.testkit.internal.servers.DatabaseCopy;
import dev.aftercommit.testkit.internal.servers.SharedServers;
import java.util.List;
import java.util.function.Supplier;

/** A PostgreSQL and a NATS server that tests share: each test has a database and a source of its own there. Thread-safe. */
public final class TestServers {
    private final Supplier<NatsServer> nats;
    private final DatabaseCopies databases;

    private TestServers(Supplier<PostgresServer> postgres, Supplier<NatsServer> nats) {
        this.nats = nats;
        this.databases = new DatabaseCopies(postgres);
    }

    private static final TestServers SHARED = new TestServers(SharedServers::postgres, SharedServers::nats);

    /**
     * Those of this JVM. Each is started when somebody needs it first, and stopped after the last test where
     * {@link OutboxTest} is used, else when the JVM ends.
     */
    public static TestServers shared() {
        return SHARED;
    }

    /** For tests that stop and kill servers: these, which the caller closes. */
    public static TestServers of(PostgresServer postgres, NatsServer nats) {
        return new TestServers(() -> postgres, () -> nats);
    }

    String natsUrl() {
        return nats.get().url();
    }

    DatabaseCopy database(List<DatabaseSchema> schemas) {
        return databases.make(schemas);
    }
}
