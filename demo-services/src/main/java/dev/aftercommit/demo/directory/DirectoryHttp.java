package dev.aftercommit.demo.directory;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.aftercommit.demo.HttpServers;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.directory.Directory.Cursor;
import dev.aftercommit.demo.directory.Directory.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The read-only HTTP interface of directory-service. */
final class DirectoryHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryHttp.class);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;
    private static final Pattern LIMIT = Pattern.compile("(?:.*&)?limit=(\\d{1,6})(?:&.*)?");
    private static final Pattern AFTER = Pattern.compile("(?:.*&)?after=(\\d{1,18}(?:\\.\\d{1,18})?)(?:&.*)?");

    private final HttpServer server;
    private final Directory directory;

    private DirectoryHttp(HttpServer server, Directory directory) {
        this.server = server;
        this.directory = directory;
    }

    /** What {@code GET /entries} answers. */
    record Overview(long total, long handled, List<Entry> entries) {}

    /** Something that answers a GET. */
    private interface Answer {
        Object to(String query);
    }

    static DirectoryHttp start(Directory directory, String host, int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
            DirectoryHttp http = new DirectoryHttp(server, directory);
            http.route("/livez", query -> Map.of("status", "ok"));
            http.route("/entries", http::entries);
            http.route("/handled", http::handled);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return http;
        } catch (BindException e) {
            throw HttpServers.portInUse(port, "DIRECTORY_HTTP_PORT", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object entries(String query) {
        Matcher limit = LIMIT.matcher(query);
        int wanted = limit.matches() ? Integer.parseInt(limit.group(1)) : DEFAULT_LIMIT;
        return new Overview(directory.count(), directory.handled(), directory.newest(Math.min(wanted, MAX_LIMIT)));
    }

    private Object handled(String query) {
        Matcher after = AFTER.matcher(query);
        return directory.handledAfter(after.matches() ? Cursor.parse(after.group(1)) : Cursor.START);
    }

    private void route(String path, Answer answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                if (!exchange.getRequestMethod().equals("GET")) {
                    respond(exchange, 405, Map.of("error", "Only GET: the directory is fed by events."));
                } else if (!exchange.getRequestURI().getPath().equals(path)) {
                    respond(exchange, 404, Map.of("error", "There are /entries, /handled?after= and /livez."));
                } else {
                    String query = exchange.getRequestURI().getQuery();
                    respond(exchange, 200, answer.to(query == null ? "" : query));
                }
            } catch (RuntimeException e) {
                LOG.warn("The directory cannot be read; the caller gets 503", e);
                respond(exchange, 503, Map.of("error", "The directory's database does not answer. Try again."));
            }
        });
    }

    private static void respond(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] json = Json.write(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
