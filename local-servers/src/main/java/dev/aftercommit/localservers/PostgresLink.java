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
    private volatile int sqlPort;
    private volatile int replicationPort;

    public PostgresLink(int serverPort) throws IOException {
        redirect(serverPort);
        forward = new PortForward(client -> {
            StartupPacket packet = StartupPacket.read(client);
            return packet.isReplication()
                    ? new PortForward.Opening(replicationPort, replication, packet.bytes())
                    : new PortForward.Opening(sqlPort, sql, packet.bytes());
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
    public final void redirect(int serverPort) {
        sqlPort = serverPort;
        replicationPort = serverPort;
    }

    /** The same for those of the replication protocol alone, as a proxy does it that looks at each connection. */
    public void redirectReplication(int serverPort) {
        replicationPort = serverPort;
    }

    @Override
    public void close() {
        forward.close();
        sql.mend();
        replication.mend();
    }
}
