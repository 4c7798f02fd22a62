package dev.aftercommit.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the annotations of an event class say, read once. Immutable and safe for use by many threads.
 */
public final class EventDescriptor {
    private static final Pattern AGGREGATE_TYPE = Pattern.compile("[A-Za-z0-9_-]+");

    private static final ClassValue<EventDescriptor> CACHE = new ClassValue<>() {
        @Override
        protected EventDescriptor computeValue(Class<?> type) {
            return read(type);
        }
    };

    private final Class<?> eventClass;
    private final DomainEvent names;
    private final Method aggregateId;
    private final UpcasterChain upcasters;

    private EventDescriptor(Class<?> eventClass, DomainEvent names, Method aggregateId, UpcasterChain upcasters) {
        this.eventClass = eventClass;
        this.names = names;
        this.aggregateId = aggregateId;
        this.upcasters = upcasters;
    }

    /**
     * The descriptor of an event class.
     *
     * @throws AftercommitException {@link ErrorCode#NOT_A_DOMAIN_EVENT} when the class is not an annotated record, a
     *     name in its annotation is not allowed, or its {@link Upcasts} methods are no chain that leads to its version
     */
    public static EventDescriptor of(Class<?> eventClass) {
        return CACHE.get(eventClass);
    }

    public Class<?> eventClass() {
        return eventClass;
    }

    public String aggregateType() {
        return names.aggregateType();
    }

    public String eventType() {
        return names.type();
    }

    public int version() {
        return names.version();
    }

    /** The oldest version whose payloads this class can be made of: its own unless it has {@link Upcasts}. */
    public int oldestVersion() {
        return upcasters.oldest();
    }

    /**
     * A payload of any version from {@link #oldestVersion()} on as one of this class's version. The tree may be changed.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when the version is another one, or an upcaster
     *     fails; its message holds nothing of the payload
     */
    public JsonNode upcast(JsonNode payload, EventEnvelope envelope) {
        requireReadable(envelope.eventVersion());
        return upcasters.upcast(payload, envelope);
    }

    /**
     * Returns when payloads of this version can be made events of this class.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when not; its message says what to do
     */
    public void requireReadable(int payloadVersion) {
        if (payloadVersion > version()) {
            throw unreadable(payloadVersion, "deploy the class of that version");
        }
        if (payloadVersion < oldestVersion()) {
            throw unreadable(
                    payloadVersion,
                    "add @Upcasts from every version before " + oldestVersion() + " that is to be read");
        }
    }

    private AftercommitException unreadable(int payloadVersion, String whatToDo) {
        return new AftercommitException(
                ErrorCode.PAYLOAD_UNREADABLE,
                "A payload of version " + payloadVersion + " cannot be read as " + eventClass.getName()
                        + ", which is of version " + version() + ": " + whatToDo);
    }

    /**
     * The ordering key of an event of this class.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_AGGREGATE_ID} when it is null, empty or longer than
     *     {@link Limits#MAX_AGGREGATE_ID_BYTES}
     */
    public String aggregateIdOf(Object event) {
        Object value;
        try {
            value = aggregateId.invoke(event);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AftercommitException(
                    ErrorCode.INVALID_AGGREGATE_ID,
                    "The @AggregateId component of " + eventClass.getName() + " could not be read: " + e.getCause(),
                    e);
        }
        String id = value == null ? "" : value.toString();
        if (id.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_AGGREGATE_ID,
                    eventClass.getName() + "." + aggregateId.getName() + " is " + (value == null ? "null" : "empty")
                            + "; an event needs the id of its aggregate, which orders it. Set it before you emit.");
        }
        if (utf8Length(id) > Limits.MAX_AGGREGATE_ID_BYTES) {
            throw new AftercommitException(
                    ErrorCode.INVALID_AGGREGATE_ID,
                    eventClass.getName() + "." + aggregateId.getName() + " has " + utf8Length(id)
                            + " bytes; an aggregate id has at most " + Limits.MAX_AGGREGATE_ID_BYTES + ".");
        }
        if (id.indexOf('\0') >= 0) {
            throw new AftercommitException(
                    ErrorCode.INVALID_AGGREGATE_ID,
                    eventClass.getName() + "." + aggregateId.getName()
                            + " holds a NUL character, which PostgreSQL cannot store in text.");
        }
        return id;
    }

    private static EventDescriptor read(Class<?> type) {
        List<String> problems = new ArrayList<>();
        DomainEvent names = type.getAnnotation(DomainEvent.class);
        if (names == null) {
            throw notAnEvent(type, List.of("add @DomainEvent(aggregateType = \"...\", type = \"...\") to the class"));
        }
        if (!AGGREGATE_TYPE.matcher(names.aggregateType()).matches()
                || names.aggregateType().length() > Limits.MAX_TYPE_BYTES) {
            problems.add("aggregateType \"" + names.aggregateType()
                    + "\" must be 1 to 255 letters, digits, '_' or '-' (ASCII)");
        }
        if (names.type().isBlank()
                || names.type().indexOf('\0') >= 0
                || utf8Length(names.type()) > Limits.MAX_TYPE_BYTES) {
            problems.add("type \"" + names.type() + "\" must be 1 to 255 bytes and not blank");
        }
        if (names.version() < 1 || names.version() > Limits.MAX_EVENT_VERSION) {
            problems.add("version " + names.version() + " must be 1 to " + Limits.MAX_EVENT_VERSION);
        }
        Method aggregateId = null;
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                if (component.isAnnotationPresent(AggregateId.class)) {
                    if (aggregateId != null) {
                        problems.add("mark only one record component with @AggregateId");
                    }
                    aggregateId = component.getAccessor();
                }
            }
            if (aggregateId == null) {
                problems.add("mark the record component that identifies the aggregate with @AggregateId");
            }
        } else {
            problems.add("make it a record");
        }
        UpcasterChain upcasters = UpcasterChain.of(type, names.version(), problems);
        if (!problems.isEmpty() || aggregateId == null) {
            throw notAnEvent(type, problems);
        }
        aggregateId.setAccessible(true);
        return new EventDescriptor(type, names, aggregateId, upcasters);
    }

    private static AftercommitException notAnEvent(Class<?> type, List<String> problems) {
        return new AftercommitException(
                ErrorCode.NOT_A_DOMAIN_EVENT,
                type.getName() + " is not a domain event: " + String.join("; ", problems) + ".");
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
