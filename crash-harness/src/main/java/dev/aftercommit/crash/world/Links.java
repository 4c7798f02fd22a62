package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.NetworkLine;
import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.localservers.PostgresLink;
import dev.aftercommit.localservers.PostgresServer;
import java.io.IOException;
import java.util.Map;

/** The ways from the relays to their servers, each of which can be cut and slowed alone. Thread-safe. */
public final class Links implements AutoCloseable {
    private final PostgresLink postgres;
    private final NetworkLink nats;

    Links(PostgresServer postgres, NatsServer nats) throws IOException {
        this.postgres = new PostgresLink(postgres.port());
        this.nats = new NetworkLink(nats.port());
    }

    public NetworkLine sql() {
        return postgres.sql();
    }

    public NetworkLine replication() {
        return postgres.replication();
    }

    public NetworkLine broker() {
        return nats.line();
    }

    /** The database's address leads to another server. */
    void redirect(PostgresServer server) {
        postgres.redirect(server.port());
    }

    /** The settings of a relay that goes these ways. */
    Map<String, String> settings(PostgresServer server) {
        return Map.of(
                "OUTBOX_SOURCE",
                EventStream.SOURCE,
                "OUTBOX_DATABASE_URL",
                "jdbc:postgresql://localhost:" + postgres.port() + "/" + DatabaseTemplate.DATABASE,
                "OUTBOX_DATABASE_USER",
                server.user(),
                "OUTBOX_DATABASE_PASSWORD",
                server.password(),
                "OUTBOX_NATS_URL",
                "nats://localhost:" + nats.port());
    }

    @Override
    public void close() {
        postgres.close();
        nats.close();
    }
}
