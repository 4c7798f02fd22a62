package dev.aftercommit.crash.check;

import java.util.Map;
import java.util.UUID;

/**
 * A row of {@code outbox.event}.
 *
 * @param headers empty also where they are no JSON object of strings
 * @param headersAreStrings whether they are, or there are none
 * @param number counts the events of the aggregate in the order of their commits: whoever writes one holds a lock on the
 *     aggregate's counter until its commit
 */
public record Row(
        UUID id,
        Aggregate aggregate,
        String eventType,
        String payload,
        Map<String, String> headers,
        boolean headersAreStrings,
        long number) {
    /** What an event is about. */
    public record Aggregate(String type, String id) {}

    public Row {
        headers = Map.copyOf(headers);
    }
}
