package dev.aftercommit.contract;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules for headers that a service adds to its events, such as {@code traceparent} or {@code tenant}. */
public final class UserHeaders {
    private static final String[] RESERVED_PREFIXES = {"nats-", "ce-", "outbox-"};

    private UserHeaders() {}

    /**
     * Returns the headers when each of them may travel with an event.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_HEADER} for a name that is empty, reserved ({@code Nats-},
     *     {@code ce-}, {@code Outbox-} in any case) or not of printable ASCII without space and colon, and for a value
     *     that holds a NUL character
     */
    public static Map<String, String> require(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            requireName(name);
            if (value == null || value.indexOf('\0') >= 0) {
                throw invalid("Header \"" + name + "\" has no value or one with a NUL character; leave it out.");
            }
        });
        return headers;
    }

    private static void requireName(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw invalid("A header has no name; give it one.");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == ':') {
                throw invalid("Header name \"" + name.replaceAll("[^\\x20-\\x7e]", "?")
                        + "\" holds a character that NATS does not carry;"
                        + " use printable ASCII without spaces and colons.");
            }
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (String prefix : RESERVED_PREFIXES) {
            if (lower.startsWith(prefix)) {
                throw invalid("Header name \"" + name + "\" is reserved: names that start with Nats-, ce- or Outbox-"
                        + " steer the stream. Choose another name.");
            }
        }
    }

    private static AftercommitException invalid(String message) {
        return new AftercommitException(ErrorCode.INVALID_HEADER, message);
    }
}
