package dev.aftercommit.consumer.internal.handler;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.TreeEventCodec;
import java.util.Collection;
import java.util.function.Supplier;

/** Reads payloads as events, older ones through the upcasters of their class. Safe for use by many threads. */
public final class EventReader {
    private final EventCodec codec;

    private EventReader(EventCodec codec) {
        this.codec = codec;
    }

    /**
     * A reader for events of these classes.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when one has upcasters and the codec reads no trees
     */
    public static EventReader of(EventCodec codec, Collection<EventDescriptor> events) {
        if (!(codec instanceof TreeEventCodec)) {
            events.stream()
                    .filter(event -> event.oldestVersion() < event.version())
                    .findFirst()
                    .ifPresent(event -> {
                        throw new AftercommitException(
                                ErrorCode.INVALID_SETTING,
                                "codec(" + codec.getClass().getName() + ") cannot read trees, which the upcasters of "
                                        + event.eventClass().getName()
                                        + " need: let it implement TreeEventCodec, or remove @Upcasts from the class.");
                    });
        }
        return new EventReader(codec);
    }

    /** Whatever a codec throws, the payload could not be read. */
    Object read(EventDescriptor event, EventEnvelope envelope, byte[] payload) throws UnreadableEventException {
        if (envelope.eventVersion() == event.version()) {
            return decode(event, envelope, () -> codec.read(payload, event.eventClass()));
        }
        JsonNode newest = upcast(event, envelope, payload);
        return decode(event, envelope, () -> trees().read(newest, event.eventClass()));
    }

    private JsonNode upcast(EventDescriptor event, EventEnvelope envelope, byte[] payload)
            throws UnreadableEventException {
        try {
            event.requireReadable(envelope.eventVersion());
            JsonNode tree = decode(event, envelope, () -> trees().readTree(payload));
            return event.upcast(tree, envelope);
        } catch (AftercommitException e) {
            throw new UnreadableEventException(envelope, String.valueOf(e.getMessage()), e);
        }
    }

    private static <T> T decode(EventDescriptor event, EventEnvelope envelope, Supplier<T> decoding)
            throws UnreadableEventException {
        try {
            return decoding.get();
        } catch (RuntimeException e) {
            Throwable why = e instanceof AftercommitException && e.getCause() != null ? e.getCause() : e;
            throw new UnreadableEventException(
                    envelope,
                    "Its payload cannot be read as " + event.eventClass().getName() + " ("
                            + why.getClass().getName() + "): make the class accept it",
                    e);
        }
    }

    /** It was asked for when there were upcasters. */
    private TreeEventCodec trees() {
        return (TreeEventCodec) codec;
    }
}
