package dev.aftercommit.localservers;

import java.io.IOException;

/**
 * The way to a PostgreSQL server of this machine, on a port of its own. Ordinary connections and those of the
 * replication protocol go over a line each, told apart by what their clients ask for; connections are not encrypted.
 * Thread-safe.
 */
public final class PostgresLink implements AutoCloseable {
    private final NetworkLine sql = new NetworkLine();
    private final NetworkLine replication = new NetworkLine();
    private final PortForward forward;

    public PostgresLink(int serverPort) throws IOException {
        forward = new PortForward(serverPort, client -> {
            StartupPacket packet = StartupPacket.read(client);
            return new PortForward.Opening(packet.isReplication() ? replication : sql, packet.bytes());
        });
    }

    public int port() {
        return forward.port();
    }

    /** What ordinary connections go over. */
    public NetworkLine sql() {
        return sql;
    }

    /** What connections of the replication protocol go over. */
    public NetworkLine replication() {
        return replication;
    }

    /** New connections lead to another server, as an address does that moves at a failover. */
    public void redirect(int serverPort) {
        forward.redirect(serverPort);
    }

    @Override
    public void close() {
        forward.close();
        sql.mend();
        replication.mend();
    }
}
