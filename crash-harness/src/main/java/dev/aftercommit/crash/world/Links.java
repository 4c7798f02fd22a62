package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.NetworkLine;
import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.localservers.PostgresLink;
import dev.aftercommit.localservers.PostgresServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The ways from a program to its servers, each of which can be cut and slowed alone. Thread-safe. */
public final class Links implements AutoCloseable {
    private final PostgresLink postgres;
    private final List<NetworkLink> nats = new ArrayList<>();

    Links(PostgresServer postgres, Broker broker) throws IOException {
        this.postgres = new PostgresLink(postgres.port());
        for (NatsServer server : broker.servers()) {
            nats.add(new NetworkLink(server.port()));
        }
    }

    public NetworkLine sql() {
        return postgres.sql();
    }

    public NetworkLine replication() {
        return postgres.replication();
    }

    /** One for each server. */
    public List<NetworkLine> broker() {
        return nats.stream().map(NetworkLink::line).toList();
    }

    /** The database's address leads to another server. */
    void redirect(PostgresServer server) {
        postgres.redirect(server.port());
    }

    /** The database's address. */
    String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + postgres.port() + "/" + database;
    }

    /** The addresses of all servers, separated by commas. */
    String natsUrl() {
        return nats.stream().map(link -> "nats://localhost:" + link.port()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        postgres.close();
        nats.forEach(NetworkLink::close);
    }
}
