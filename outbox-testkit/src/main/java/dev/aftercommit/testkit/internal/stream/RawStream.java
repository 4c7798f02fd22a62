package dev.aftercommit.testkit.internal.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Reads a stream with NATS' own requests, message by message and byte by byte: no consumer is involved, and nothing of a
 * client library but its connection.
 */
public final class RawStream {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int IN_FLIGHT = 200;
    private static final int NOT_FOUND = 404;

    private final Connection connection;
    private final String stream;

    public RawStream(Connection connection, String stream) {
        this.connection = connection;
        this.stream = stream;
    }

    /** How many messages it holds; 0 while there is no stream. */
    public long size() throws IOException, InterruptedException {
        return state().path("messages").asLong();
    }

    /** Every message, by sequence; none while there is no stream. */
    public List<StoredMessage> messages() throws IOException, InterruptedException {
        JsonNode state = state();
        long last = state.path("last_seq").asLong();
        List<StoredMessage> all = new ArrayList<>();
        for (long from = Math.max(1, state.path("first_seq").asLong()); from <= last; from += IN_FLIGHT) {
            List<CompletableFuture<Message>> answers = new ArrayList<>();
            for (long sequence = from; sequence < from + IN_FLIGHT && sequence <= last; sequence++) {
                answers.add(request("STREAM.MSG.GET", "{\"seq\":" + sequence + "}"));
            }
            for (CompletableFuture<Message> answer : answers) {
                JsonNode json = json(answer);
                if (json.path("error").path("code").asInt() != NOT_FOUND) {
                    all.add(message(json.path("message")));
                }
            }
        }
        return all;
    }

    private static StoredMessage message(JsonNode message) throws IOException {
        if (message.isMissingNode()) {
            throw new IOException("the stream answers a request for a message with something else");
        }
        return new StoredMessage(
                message.path("seq").asLong(),
                message.path("subject").asText(),
                decoded(message.path("hdrs")),
                decoded(message.path("data")));
    }

    private static String decoded(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.ISO_8859_1);
    }

    private JsonNode state() throws IOException, InterruptedException {
        return json(request("STREAM.INFO", "")).path("state");
    }

    private CompletableFuture<Message> request(String what, String body) {
        return connection.request("$JS.API." + what + "." + stream, body.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(CompletableFuture<Message> answer) throws IOException, InterruptedException {
        try {
            return MAPPER.readTree(answer.get().getData());
        } catch (ExecutionException e) {
            throw new IOException("NATS does not answer", e);
        }
    }
}
