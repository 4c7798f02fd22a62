package dev.aftercommit.crash.check;

import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What of the contract a row breaks whose table had no CHECK, so that there is no message for it. */
final class Breach {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");
    private static final Pattern NAME = Pattern.compile("[!-9;-~]+");
    private static final Pattern RESERVED = Pattern.compile("(nats|ce|outbox)-.*");
    private static final String JSON = "application/json";

    private Breach() {}

    static Optional<String> of(Row row) {
        if (!row.headersAreStrings()) {
            return Optional.of("its headers are no JSON object of strings");
        }
        Map<String, String> headers = row.headers();
        for (String name : headers.keySet()) {
            if (!NAME.matcher(name).matches()
                    || RESERVED.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
                return Optional.of("header name " + name);
            }
        }
        if (!VERSION.matcher(headers.getOrDefault("eventversion", "1")).matches()) {
            return Optional.of("eventversion " + headers.get("eventversion"));
        }
        return headers.getOrDefault("datacontenttype", JSON).equals(JSON) || isBase64(row.payload())
                ? Optional.empty()
                : Optional.of("a payload that is no base64 in quotes");
    }

    private static boolean isBase64(String payload) {
        if (payload.length() < 2 || !payload.startsWith("\"") || !payload.endsWith("\"")) {
            return false;
        }
        try {
            Base64.getDecoder().decode(payload.substring(1, payload.length() - 1));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
