package dev.aftercommit.testkit.internal.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.testkit.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A message as a line of JSON and back. */
public final class RecordedLine {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String HEADERS = "NATS/1.0\r\n";

    private RecordedLine() {}

    public static String write(StoredMessage message) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("subject", message.subject());
        message.headers().forEach(line.putObject("headers")::put);
        JsonNode payload = json(message.payload());
        if (payload.isMissingNode() || !payload.toString().equals(message.payload())) {
            line.put("payloadBase64", Base64.getEncoder().encodeToString(message.payloadBytes()));
        } else {
            line.set("payload", payload);
        }
        return line.toString();
    }

    /**
     * The message of a line.
     *
     * @param file where the line is, for complaints, as is {@code number}
     * @throws IllegalArgumentException when it is no message of a relay
     */
    public static StoredMessage read(String file, int number, String line) {
        JsonNode json = json(line);
        if (!json.path("subject").isTextual() || !json.path("headers").isObject() || !hasPayload(json)) {
            throw new IllegalArgumentException(file + ", line " + number + ": is no message. It needs \"subject\","
                    + " \"headers\" and one of \"payload\" (JSON) and \"payloadBase64\".");
        }
        StoredMessage message = new StoredMessage(
                number,
                json.path("subject").asText(),
                headers(json.path("headers")),
                new String(payload(json), StandardCharsets.ISO_8859_1));
        try {
            message.envelope();
            return message;
        } catch (AftercommitException e) {
            throw new IllegalArgumentException(file + ", line " + number + ": " + e.getMessage(), e);
        }
    }

    private static boolean hasPayload(JsonNode json) {
        return json.has("payload") != json.path("payloadBase64").isTextual();
    }

    private static String headers(JsonNode headers) {
        StringBuilder block = new StringBuilder(HEADERS);
        headers.properties()
                .forEach(header -> block.append(header.getKey())
                        .append(": ")
                        .append(header.getValue().asText())
                        .append("\r\n"));
        return block.append("\r\n").toString();
    }

    private static byte[] payload(JsonNode json) {
        return json.has("payload")
                ? json.path("payload").toString().getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(json.path("payloadBase64").asText());
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return MAPPER.missingNode();
        }
    }
}
