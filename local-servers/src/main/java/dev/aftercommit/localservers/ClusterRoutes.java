package dev.aftercommit.localservers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The ways between the servers of a cluster: one for each direction of each pair, so that a server can be cut off from the
 * others. Thread-safe.
 */
final class ClusterRoutes implements AutoCloseable {
    private static final String HOST = "127.0.0.1:";

    /** Nobody listens there: what servers tell each other of further ways leads nowhere, and all go by the links. */
    private final int nowhere = Ports.free();

    private final List<Integer> ports;
    private final List<Route> routes = new ArrayList<>();

    /** The way that one server takes to another. */
    private record Route(int from, int to, NetworkLink link) {
        boolean touches(int server) {
            return from == server || to == server;
        }
    }

    ClusterRoutes(int servers) throws IOException {
        ports = IntStream.range(0, servers).map(i -> Ports.free()).boxed().toList();
        try {
            for (int from = 0; from < servers; from++) {
                for (int to = 0; to < servers; to++) {
                    if (from != to) {
                        routes.add(new Route(from, to, new NetworkLink(ports.get(to))));
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The lines of a server's configuration. */
    String config(int server) {
        String ways = routes.stream()
                .filter(route -> route.from() == server)
                .map(route -> "\"nats://" + HOST + route.link().port() + "\"")
                .collect(Collectors.joining(", "));
        return """
                cluster {
                  name: local
                  listen: "%s"
                  advertise: "%s"
                  no_advertise: true
                  routes: [%s]
                }""".formatted(HOST + ports.get(server), HOST + nowhere, ways);
    }

    void cut(int server) {
        of(server).forEach(NetworkLine::cut);
    }

    void mend(int server) {
        of(server).forEach(NetworkLine::mend);
    }

    private List<NetworkLine> of(int server) {
        return routes.stream()
                .filter(route -> route.touches(server))
                .map(route -> route.link().line())
                .toList();
    }

    @Override
    public void close() {
        routes.forEach(route -> route.link().close());
    }
}
