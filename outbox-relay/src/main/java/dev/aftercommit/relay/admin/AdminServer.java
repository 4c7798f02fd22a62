package dev.aftercommit.relay.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.status.RelayStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** {@code /livez}, {@code /readyz}, {@code /metrics} and {@code /status}. Nothing here changes anything. */
public final class AdminServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final String source;
    private final Supplier<RelayStatus> status;
    private final RelayMetrics metrics;

    /**
     * @param port 0 for any free one
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when the port is in use
     */
    public AdminServer(int port, String source, Supplier<RelayStatus> status) {
        this.source = source;
        this.status = status;
        this.metrics = new RelayMetrics(source, status);
        try {
            server = HttpServer.create(new InetSocketAddress(port), 0);
        } catch (IOException e) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "Port " + port + " for health and metrics cannot be opened (" + e.getMessage()
                            + "). Stop what uses it, or set OUTBOX_HTTP_PORT to another one.",
                    e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::handle);
    }

    public void start() {
        server.start();
    }

    /** The port that is really open. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                answer(exchange, 405, "text/plain", "GET only\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/livez" -> answer(exchange, Health.live(status.get()));
                case "/readyz" -> answer(exchange, Health.ready(status.get()));
                case "/metrics" -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
                case "/status" -> answer(exchange, 200, "application/json", StatusReport.json(source, status.get()));
                default -> answer(exchange, 404, "text/plain", "/livez /readyz /metrics /status\n");
            }
        }
    }

    private static void answer(HttpExchange exchange, Health.Verdict verdict) throws IOException {
        answer(exchange, verdict.good() ? 200 : 503, "text/plain", verdict.text() + "\n");
    }

    private static void answer(HttpExchange exchange, int code, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
