package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Some nats-servers that are one cluster with JetStream, each of which can be killed, frozen, started again and cut off from
 * the others. Thread-safe.
 */
public final class NatsCluster implements AutoCloseable {
    private final ClusterRoutes routes;
    private final List<NatsServer> servers;

    private NatsCluster(ClusterRoutes routes, List<NatsServer> servers) {
        this.routes = routes;
        this.servers = List.copyOf(servers);
    }

    /** Starts this many; returns when all are healthy. */
    public static NatsCluster start(int size) {
        List<NatsServer> servers = new ArrayList<>();
        ClusterRoutes routes;
        try {
            routes = new ClusterRoutes(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < size; i++) {
            servers.add(NatsServer.builder()
                    .config("server_name: " + name(i) + "\n" + routes.config(i))
                    .build());
        }
        NatsCluster cluster = new NatsCluster(routes, servers);
        try {
            cluster.startAgain(servers);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static String name(int server) {
        return "nats-" + (server + 1);
    }

    /** In the order of their names: {@code nats-1}, {@code nats-2} and so on. */
    public List<NatsServer> servers() {
        return servers;
    }

    /**
     * The server that JetStream calls by this name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public NatsServer server(String name) {
        for (int i = 0; i < servers.size(); i++) {
            if (name(i).equals(name)) {
                return servers.get(i);
            }
        }
        throw new IllegalArgumentException("no server is called " + name);
    }

    /** The addresses of all servers, separated by commas. */
    public String url() {
        return servers.stream().map(NatsServer::url).collect(Collectors.joining(","));
    }

    /**
     * Starts servers that are down, at the same time, since none of a cluster is healthy before most of them run; returns when
     * all are.
     *
     * @throws IllegalStateException when one runs already, or is not healthy within a minute
     */
    public void startAgain(List<NatsServer> down) {
        try {
            CompletableFuture.allOf(down.stream()
                            .map(server -> CompletableFuture.runAsync(
                                    server::startAgain,
                                    task -> Thread.ofVirtual().start(task)))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the cluster does not start", e.getCause());
        }
    }

    /** Cuts a server off from the others, which are told nothing; its clients still reach it. */
    public void cutOff(NatsServer server) {
        routes.cut(servers.indexOf(server));
    }

    /** Brings a server that was cut off back to the others. */
    public void reconnect(NatsServer server) {
        routes.mend(servers.indexOf(server));
    }

    @Override
    public void close() {
        servers.forEach(NatsServer::kill);
        servers.forEach(NatsServer::close);
        routes.close();
    }
}
