package dev.aftercommit.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the demo's programs over HTTP. Thread-safe. */
public final class Http {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    private Http() {}

    /** An answer. */
    public record Answer(int status, String body) {
        /** Whether the status is a 2xx. */
        public boolean isSuccess() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * Sends a request with a JSON body, or without any.
     *
     * @throws IOException when nobody answers in time
     */
    public static Answer send(String method, URI uri, @Nullable Object body, Duration timeout) throws IOException {
        return send(method, uri, Map.of(), body, timeout);
    }

    /**
     * As {@link #send(String, URI, Object, Duration)}, with headers.
     *
     * @throws IOException when nobody answers in time
     */
    public static Answer send(
            String method, URI uri, Map<String, String> headers, @Nullable Object body, Duration timeout)
            throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body)));
        headers.forEach(builder::header);
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + uri, e);
        }
    }

    /** The answer to a GET, or null when nobody answers in time. */
    public static @Nullable Answer get(URI uri, Duration timeout) {
        try {
            return send("GET", uri, null, timeout);
        } catch (IOException e) {
            return null;
        }
    }
}
