package dev.aftercommit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON by Jackson. By default times are written as ISO 8601 text, and properties that the event class does not know
 * are ignored, so that a producer may add some.
 */
public final class JsonEventCodec implements EventCodec {
    private final ObjectMapper mapper;

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
        try {
            T event = mapper.readValue(payload, eventClass);
            if (event != null) {
                return event;
            }
        } catch (IOException e) {
            String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw unreadable(eventClass, reason, e);
        }
        throw unreadable(eventClass, "it is null", null);
    }

    private static AftercommitException unreadable(
            Class<?> eventClass, @Nullable String reason, @Nullable Exception cause) {
        return new AftercommitException(
                ErrorCode.PAYLOAD_UNREADABLE,
                "The payload cannot be read as " + eventClass.getName() + ": " + reason
                        + ". Make the class accept it, or register a handler for a class that does.",
                cause);
    }
}
