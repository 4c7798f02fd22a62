package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.NatsCluster;
import dev.aftercommit.localservers.NatsServer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One nats-server, or a cluster of three in which each has a copy of the stream. Thread-safe. */
public final class Broker implements AutoCloseable {
    private static final int CLUSTER = 3;

    private final List<NatsServer> servers;
    private final @Nullable NatsCluster cluster;

    private Broker(List<NatsServer> servers, @Nullable NatsCluster cluster) {
        this.servers = servers;
        this.cluster = cluster;
    }

    static Broker start(boolean clustered) {
        if (!clustered) {
            return new Broker(List.of(NatsServer.start()), null);
        }
        NatsCluster cluster = NatsCluster.start(CLUSTER);
        return new Broker(cluster.servers(), cluster);
    }

    public List<NatsServer> servers() {
        return servers;
    }

    /**
     * The cluster that the servers are.
     *
     * @throws IllegalStateException when there is one server alone
     */
    public NatsCluster cluster() {
        if (cluster == null) {
            throw new IllegalStateException("the broker is no cluster");
        }
        return cluster;
    }

    /** The addresses of all servers, separated by commas. */
    public String url() {
        return servers.stream().map(NatsServer::url).collect(Collectors.joining(","));
    }

    /** Shuts all servers down in order. */
    public void stop() {
        servers.forEach(NatsServer::stop);
    }

    /** Starts servers that are down; returns when they are healthy, which in a cluster asks for most of the others, too. */
    public void startAgain(List<NatsServer> down) {
        if (cluster == null) {
            down.forEach(NatsServer::startAgain);
        } else {
            cluster.startAgain(down);
        }
    }

    /** Copies what the servers have stored, while all of them are down. */
    public void copyStores(Path copy) {
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).copyStore(ofServer(copy, i));
        }
    }

    /** Puts a copy back. */
    public void restoreStores(Path copy) {
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).restoreStore(ofServer(copy, i));
        }
    }

    private static Path ofServer(Path copy, int server) {
        return copy.resolveSibling(copy.getFileName() + "-" + server);
    }

    @Override
    public void close() {
        if (cluster == null) {
            servers.forEach(NatsServer::close);
        } else {
            cluster.close();
        }
    }
}
