package dev.aftercommit.relay.publish;

import java.nio.charset.StandardCharsets;

/** What JetStream answered to one message. */
sealed interface Acknowledgement {
    /** Stored, or known from before, at this sequence. */
    record Stored(long sequence, boolean duplicate) implements Acknowledgement {}

    /** Somebody else has written to the stream. */
    record Fenced(String reason) implements Acknowledgement {}

    /** Not stored for now: no leader, an overload, an id in flight. */
    record Retryable(String reason) implements Acknowledgement {}

    /** Not stored, for what the message itself is like. */
    record Refused(String reason) implements Acknowledgement {}

    /** Not stored, and it will not be unless something changes. */
    record Rejected(String reason) implements Acknowledgement {}

    /** Reads the body of an acknowledgement. Hand-read, because there is one for each message. */
    static Acknowledgement parse(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.contains("\"error\"")) {
            return error(text);
        }
        long sequence = number(text, "\"seq\":");
        // A sequence of 0 means "known, but not stored": events are lost by those who take it for success.
        return sequence > 0
                ? new Stored(sequence, text.contains("\"duplicate\""))
                : new Retryable("an acknowledgement without a sequence: " + text);
    }

    private static Acknowledgement error(String text) {
        long code = number(text, "\"err_code\":");
        String reason = description(text) + " (" + code + ")";
        if (code == 10071 || code == 10164) {
            return new Fenced(reason);
        }
        if (code == 10054 || code == 10097) {
            return new Refused(reason);
        }
        boolean retryable = code == 10158 || code == 10167 || code == 10008 || code == 10009 || code == 10074;
        return retryable ? new Retryable(reason) : new Rejected(reason);
    }

    private static String description(String text) {
        String key = "\"description\":\"";
        int from = text.indexOf(key) + key.length();
        int to = text.indexOf('"', from);
        return from < key.length() || to < 0 ? text : text.substring(from, to);
    }

    private static long number(String text, String key) {
        int at = text.indexOf(key);
        if (at < 0) {
            return 0;
        }
        long value = 0;
        for (int i = at + key.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                value = value * 10 + (c - '0');
            } else if (c != ' ' || value != 0) {
                break;
            }
        }
        return value;
    }
}
