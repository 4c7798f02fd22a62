package dev.aftercommit.migrations;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows for {@code outbox.event} of which about half are fine, and the others not in all the ways that were thought of. */
final class RandomRows {
    private static final List<String> NAMES = List.of(
            "traceparent",
            "tenant",
            "X!~#",
            "]",
            "[",
            "{}",
            ",",
            "a\\\\b",
            "\\\"",
            "\\u0061",
            "nats",
            "x-ce-id",
            "é",
            "a b",
            "",
            "a:b",
            ":",
            "\\n",
            "\\u0000",
            "a\u007f",
            "Nats-Msg-Id",
            "CE-x",
            "oUtBoX-",
            "nats-");
    private static final List<String> VALUES = List.of(
            "\"\"",
            "\"00-1-2-01\"",
            "\"}\"",
            "\"{\\\"a\\\":1}\"",
            "\": \"",
            "\"é\u1234\"",
            "\"nats-\"",
            "\"\\\\\"",
            "\"eventversion\"",
            "\"x\\ny\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "1",
            "null",
            "true",
            "{}",
            "{\"a\":\"b\"}",
            "[\"a\",\"b\"]",
            "1e999999",
            "-0.0");
    private static final List<String> VERSIONS =
            List.of("\"1\"", "\"999999999\"", "\"12\"", "\"0\"", "\"\"", "\"01\"", "\"1000000000\"", "1", "\"1x\"");
    private static final List<String> CONTENT_TYPES = List.of(
            "\"application/json\"", "\"image/png\"", "\"image/png\"", "\"\"", "\"Application/json\"", "null", "7");
    private static final List<String> HEADERS =
            List.of("{}", " {\n} ", "[]", "null", "\"\"", "\"{}\"", "7", "[{\"a\":\"b\"}]", "{\"a\":{\"b\":\"c\"}}");
    private static final List<String> PAYLOADS = List.of(
            "{}",
            " {\"a\" : 1}",
            "\"AAAA\"",
            "\"AA==\"",
            "\"AAA\"",
            "\"ab+\\/\"",
            "\"====\"",
            "\"\"",
            "\"\\u0000\"",
            "null",
            "1e999999");
    private static final List<String> TOKENS = List.of("account", "a_B-9", "", "a.b", "é", "a\n", " ", "\t", "\u00a0");

    private final Random random;

    RandomRows(Random random) {
        this.random = random;
    }

    record Row(
            @Nullable UUID id,
            @Nullable String aggregateType,
            @Nullable String aggregateId,
            @Nullable String eventType,
            @Nullable String payload,
            @Nullable String headers) {}

    Row next() {
        return new Row(
                rarely() ? (rarely() ? null : UUID.randomUUID()) : version7(),
                token("account"),
                token("7"),
                token("AccountCreated"),
                payload(),
                headers());
    }

    private UUID version7() {
        return new UUID((random.nextLong() & ~0xF000L) | 0x7000L, (random.nextLong() & ~(3L << 62)) | (1L << 63));
    }

    private @Nullable String token(String fine) {
        if (!rarely()) {
            return fine;
        }
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> "a".repeat(255 + random.nextInt(2));
            case 2 -> "é".repeat(127 + random.nextInt(2));
            default -> any(TOKENS);
        };
    }

    private @Nullable String payload() {
        if (!rarely()) {
            return any(PAYLOADS.subList(0, 4));
        }
        return switch (random.nextInt(30)) {
            case 0 -> null;
            case 1 -> '"' + "é".repeat(491_519) + "x".repeat(random.nextInt(2)) + '"';
            default -> any(PAYLOADS);
        };
    }

    private @Nullable String headers() {
        if (random.nextInt(4) == 0) {
            return null;
        }
        if (rarely()) {
            return random.nextInt(4) > 0
                    ? any(HEADERS)
                    : "{\"a\":\"" + "é".repeat(8_188) + "x".repeat(random.nextInt(2)) + "\"}";
        }
        StringBuilder json = new StringBuilder(space() + "{");
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            json.append(i == 0 ? "" : "," + space()).append(header());
        }
        return json + "}" + space();
    }

    private String header() {
        String separator = "\"" + space() + ":" + space();
        return switch (random.nextInt(8)) {
            case 0 -> "\"eventversion" + separator + (rarely() ? any(VERSIONS) : any(VERSIONS.subList(0, 3)));
            case 1 -> "\"datacontenttype" + separator + (rarely() ? any(CONTENT_TYPES) : "\"application/json\"");
            default ->
                '"'
                        + (rarely() ? any(NAMES) : any(NAMES.subList(0, 7)) + random.nextInt(4))
                        + separator
                        + (rarely() ? any(VALUES) : any(VALUES.subList(0, 9)))
                        + space();
        };
    }

    private String space() {
        return switch (random.nextInt(8)) {
            case 0 -> " ";
            case 1 -> "\n\t ";
            default -> "";
        };
    }

    private boolean rarely() {
        return random.nextInt(12) == 0;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
