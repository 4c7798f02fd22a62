package dev.aftercommit.crash.load;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes events of every shape that the contract allows, and some that it does not. Not thread-safe. */
final class EventSource {
    private static final int AGGREGATES = 40;
    private static final int LARGEST_PAYLOAD = 983_040;
    private static final List<String> AGGREGATE_TYPES = List.of("account", "order_line", "Cart-2");
    private static final List<String> EVENT_TYPES =
            List.of("AccountTouched", "order.placed", "Überwiesen", "moved to \"100%\"");
    private static final String BINARY_TYPE = "photo.taken";
    private static final List<String> HEADERS = List.of(
            "\"eventversion\": \"2\"",
            "\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"",
            "\"note\": \"größer als 50 %, or \\\"so\\\"\"");

    /** Of the last two, one asks for a payload in base64, which it is not given, and one has no number for a version. */
    private static final List<String> MALFORMED_HEADERS = List.of(
            "{\"note\": {}}",
            "[\"note\"]",
            "{\"ce-id\": \"mine\"}",
            "{\"two words\": \"x\"}",
            "{\"datacontenttype\": \"image/png\"}",
            "{\"eventversion\": \"latest\"}");

    private final Random random;

    EventSource(Random random) {
        this.random = random;
    }

    /** Some aggregates in the order in which to lock them; one may come more than once. */
    List<Aggregate> aggregates(int count) {
        List<Aggregate> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = random.nextInt(AGGREGATES);
            String id = number % 10 == 0 ? "Jörg & Söhne, " + number + "%" : "a-" + number;
            chosen.add(new Aggregate(AGGREGATE_TYPES.get(number % AGGREGATE_TYPES.size()), id));
        }
        return chosen.stream().sorted().toList();
    }

    /**
     * An event about an aggregate.
     *
     * @param number counts the aggregate's events; the checker reads it from the payload or the headers
     */
    NewEvent event(Aggregate about, long number) {
        return random.nextInt(10) == 0 ? binary(about, number) : json(about, number, random.nextInt(400));
    }

    /** One whose payload is as large as the table takes. */
    NewEvent largest(Aggregate about, long number) {
        return json(about, number, LARGEST_PAYLOAD);
    }

    /** One that the contract forbids, and the table as long as it has its CHECK. */
    NewEvent malformed(Aggregate about, long number) {
        String headers = MALFORMED_HEADERS.get(random.nextInt(MALFORMED_HEADERS.size()));
        return event(about, "{\"number\":" + number + "}", headers);
    }

    private NewEvent json(Aggregate about, long number, int size) {
        String start = "{\"number\":" + number + ", \"text\" :\"";
        String payload = start + "x".repeat(Math.max(0, size - start.length() - 2)) + "\"}";
        List<String> headers =
                HEADERS.stream().filter(header -> random.nextInt(4) == 0).toList();
        return event(about, payload, headers.isEmpty() ? null : "{" + String.join(", ", headers) + "}");
    }

    private NewEvent binary(Aggregate about, long number) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        String payload = '"' + Base64.getEncoder().encodeToString(bytes) + '"';
        return event(
                about,
                BINARY_TYPE,
                payload,
                "{\"number\": \"" + number + "\", \"datacontenttype\": \"application/octet-stream\"}");
    }

    private NewEvent event(Aggregate about, String payload, @Nullable String headers) {
        return event(about, EVENT_TYPES.get(random.nextInt(EVENT_TYPES.size())), payload, headers);
    }

    private NewEvent event(Aggregate about, String type, String payload, @Nullable String headers) {
        return new NewEvent(newId(), about.type(), about.id(), type, payload, headers);
    }

    /** A UUIDv7: the time in milliseconds, then chance. */
    private UUID newId() {
        long high = (System.currentTimeMillis() << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = 0x8000_0000_0000_0000L | (random.nextLong() >>> 2);
        return new UUID(high, low);
    }
}
