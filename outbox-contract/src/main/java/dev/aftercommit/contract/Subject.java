package dev.aftercommit.contract;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The subject of an event's message: {@code outbox.<source>.<aggregate type>.<event type>.<partition>}, for example
 * {@code outbox.accounts.account.AccountCreated.07}.
 *
 * @param source the name of the producing service's database: {@code [a-z0-9-]+}
 * @param aggregateType unescaped
 * @param eventType unescaped
 * @param partition from 0, below {@link Partitions#MAX_COUNT}
 */
public record Subject(String source, String aggregateType, String eventType, int partition) {
    private static final String ROOT = "outbox";
    private static final Pattern SOURCE = Pattern.compile("[a-z0-9-]{1," + Limits.MAX_SOURCE_LENGTH + "}");

    public Subject {
        requireSource(source);
        if (partition < 0 || partition >= Partitions.MAX_COUNT) {
            throw new IllegalArgumentException("A partition is 0 to 99, not " + partition);
        }
    }

    /**
     * Returns a source name that is well formed.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} when it is not
     */
    public static String requireSource(String source) {
        if (!SOURCE.matcher(source).matches()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "\"" + source + "\" is not a source name: 1 to 64 of a-z, 0-9 and '-', such as \"accounts\".");
        }
        return source;
    }

    /** The stream that holds a source's events, such as {@code OUTBOX_ACCOUNTS}. */
    public static String streamOf(String source) {
        return "OUTBOX_" + requireSource(source).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Matches every event of a source: what its stream listens to. */
    public static String allOf(String source) {
        return ROOT + '.' + requireSource(source) + ".>";
    }

    /**
     * Reads a subject.
     *
     * @throws AftercommitException {@link ErrorCode#MALFORMED_MESSAGE} when it is not one of ours
     */
    public static Subject parse(String text) {
        String[] tokens = text.split("\\.", -1);
        if (tokens.length == 5 && tokens[0].equals(ROOT) && tokens[4].matches("[0-9]{2}")) {
            return new Subject(tokens[1], unescape(tokens[2]), unescape(tokens[3]), Integer.parseInt(tokens[4]));
        }
        throw new AftercommitException(
                ErrorCode.MALFORMED_MESSAGE,
                "\"" + text
                        + "\" is not an outbox subject (outbox.<source>.<aggregate type>.<event type>.<partition>).");
    }

    @Override
    public String toString() {
        return ROOT
                + '.'
                + source
                + '.'
                + escape(aggregateType)
                + '.'
                + escape(eventType)
                + '.'
                + (char) ('0' + partition / 10)
                + (char) ('0' + partition % 10);
    }

    /** One token: every byte outside {@code [A-Za-z0-9_-]} as {@code =HH}. */
    static String escape(String token) {
        StringBuilder escaped = new StringBuilder(token.length());
        for (byte b : token.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                escaped.append((char) b);
            } else {
                escaped.append('=').append(String.format(Locale.ROOT, "%02X", b & 0xff));
            }
        }
        return escaped.toString();
    }

    static String unescape(String token) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(token.length());
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c == '=' && i + 2 < token.length()) {
                bytes.write(Integer.parseInt(token.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isPlain(byte b) {
        return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || b == '-';
    }
}
