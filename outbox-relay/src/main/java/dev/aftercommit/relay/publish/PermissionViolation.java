package dev.aftercommit.relay.publish;

import io.nats.client.Connection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a login may not do. NATS answers nothing to what is not permitted, which looks like a server that is away; it
 * only tells the connection, beside.
 */
public final class PermissionViolation {
    private static final Pattern VIOLATION = Pattern.compile(
            "permissions violation for (publish|subscription) to \"([^\"]+)\"", Pattern.CASE_INSENSITIVE);

    private PermissionViolation() {}

    /** Whether this is what a server says of one. */
    public static boolean isOne(String error) {
        return VIOLATION.matcher(error).find();
    }

    /** The last one of a connection, and the line of nats-server's configuration that grants it; null when there was none. */
    public static @Nullable String of(Connection connection) {
        String error = connection.getLastError();
        Matcher violation = VIOLATION.matcher(error == null ? "" : error);
        if (!violation.find()) {
            return null;
        }
        boolean publish = violation.group(1).equalsIgnoreCase("publish");
        return "NATS does not let this login " + (publish ? "publish" : "subscribe") + " to " + violation.group(2)
                + ". Add to its permissions in nats-server's configuration: " + (publish ? "publish" : "subscribe")
                + ": [\"" + granted(violation.group(2)) + "\"]";
    }

    /** The pattern that docs/reference/nats-permissions.conf has for the subject: of an event, an inbox, a consumer. */
    private static String granted(String subject) {
        return subject.replaceFirst(
                "^(outbox\\.[^.]+|_INBOX[^.]*|\\$JS\\.(?:API\\.CONSUMER\\.CREATE|FC)\\.[^.]+)\\..*", "$1.>");
    }
}
