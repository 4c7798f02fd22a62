package dev.aftercommit.demo.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.check.Facts.Stored;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Reads a stream with NATS' own requests, message by message and byte by byte: no consumer and none of the SDK's code is
 * involved.
 */
final class RawStream implements AutoCloseable {
    private static final int IN_FLIGHT = 200;
    private static final int NOT_FOUND = 404;

    private final Connection connection;
    private final String stream;

    private RawStream(Connection connection, String stream) {
        this.connection = connection;
        this.stream = stream;
    }

    /** A message as the server keeps it; headers and data as one character a byte. */
    record RawMessage(long streamSequence, String subject, String headers, String data) {

        /** All that anybody could read. */
        String everything() {
            return subject + '\n' + headers + data;
        }

        Stored asStored() throws IOException {
            EventEnvelope envelope = MessageHeaders.read(subject, headerMap());
            String payload = new String(data.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            return new Stored(
                    streamSequence,
                    envelope.eventId(),
                    envelope.eventType(),
                    envelope.aggregateId(),
                    Json.MAPPER.readTree(payload).path("sequence").asLong(),
                    envelope.position(),
                    payload);
        }

        private Map<String, String> headerMap() {
            Map<String, String> map = new HashMap<>();
            headers.lines().skip(1).forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    map.putIfAbsent(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            });
            return map;
        }
    }

    static RawStream open(String url, String source) throws IOException, InterruptedException {
        Connection connection = Nats.connect(new Options.Builder().server(url).build());
        return new RawStream(connection, Subject.streamOf(source));
    }

    /** How many messages it holds; 0 before there is a stream. */
    long size() throws IOException, InterruptedException {
        return info().path("messages").asLong();
    }

    /** Every message, by stream sequence. */
    List<RawMessage> readAll() throws IOException, InterruptedException {
        JsonNode state = info();
        long last = state.path("last_seq").asLong();
        List<RawMessage> all = new ArrayList<>();
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

    private static RawMessage message(JsonNode message) throws IOException {
        if (message.isMissingNode()) {
            throw new IOException("the stream answers a request for a message with something else");
        }
        return new RawMessage(
                message.path("seq").asLong(),
                message.path("subject").asText(),
                decoded(message.path("hdrs")),
                decoded(message.path("data")));
    }

    private static String decoded(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.ISO_8859_1);
    }

    private JsonNode info() throws IOException, InterruptedException {
        return json(request("STREAM.INFO", "")).path("state");
    }

    private CompletableFuture<Message> request(String what, String body) {
        return connection.request("$JS.API." + what + "." + stream, body.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(CompletableFuture<Message> answer) throws IOException, InterruptedException {
        try {
            return Json.MAPPER.readTree(answer.get().getData());
        } catch (ExecutionException e) {
            throw new IOException("NATS does not answer", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
