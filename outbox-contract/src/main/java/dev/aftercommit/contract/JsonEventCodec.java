package dev.aftercommit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON by Jackson. By default times are written as ISO 8601 text, and properties that the event class does not know
 * are ignored, so that a producer may add some.
 */
public final class JsonEventCodec implements TreeEventCodec {
    private final ObjectMapper mapper;
    private final ObjectReader trees;

    public JsonEventCodec() {
        this(JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build());
    }

    public JsonEventCodec(ObjectMapper mapper) {
        this.mapper = mapper;
        // Otherwise a tree turns amounts into doubles, and 1.10 into 1.1, on their way to a BigDecimal.
        this.trees = mapper.reader()
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    }

    @Override
    public String write(Object event) {
        try {
            return mapper.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new AftercommitException(
                    ErrorCode.PAYLOAD_UNREADABLE,
                    event.getClass().getName() + " cannot be written as JSON: " + e.getOriginalMessage()
                            + ". Change the component that Jackson names, or annotate it for Jackson.",
                    e);
        }
    }

    @Override
    public <T> T read(byte[] payload, Class<T> eventClass) {
        return read(eventClass, () -> mapper.readValue(payload, eventClass));
    }

    @Override
    public JsonNode readTree(byte[] payload) {
        return read(JsonNode.class, () -> trees.readTree(payload));
    }

    @Override
    public <T> T read(JsonNode payload, Class<T> eventClass) {
        return read(eventClass, () -> mapper.treeToValue(payload, eventClass));
    }

    private static <T> T read(Class<T> type, Reading<T> reading) {
        try {
            T read = reading.read();
            if (read != null) {
                return read;
            }
        } catch (IOException e) {
            String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw unreadable(type, reason, e);
        }
        throw unreadable(type, "it is null", null);
    }

    @FunctionalInterface
    private interface Reading<T> {
        @Nullable
        T read() throws IOException;
    }

    private static AftercommitException unreadable(Class<?> type, @Nullable String reason, @Nullable Exception cause) {
        return new AftercommitException(
                ErrorCode.PAYLOAD_UNREADABLE,
                "The payload cannot be read as " + type.getName() + ": " + reason
                        + ". Make the class accept it, or register a handler for a class that does.",
                cause);
    }
}
