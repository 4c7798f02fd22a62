package dev.aftercommit.demo.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows at one moment. Each frame is complete, so that a browser may miss any of them.
 *
 * @param programs what each program answers
 * @param parked what each service that is fed by events holds back
 * @param counts events on their way
 * @param events the newest events of the stream, newest first
 * @param latency from commit to handled
 * @param controls what can be killed and started
 */
record Frame(
        Answers programs,
        List<Parked> parked,
        Counts counts,
        List<FeedEvent> events,
        Latency latency,
        Control controls) {

    /**
     * What the programs answer; null where one does not.
     *
     * @param relay {@code active}, {@code standby}, {@code starting} or {@code down}
     * @param mails the mail gateway's answer
     */
    record Answers(
            @Nullable JsonNode accounts,
            String relay,
            @Nullable JsonNode directory,
            @Nullable JsonNode analytics,
            @Nullable JsonNode notification,
            @Nullable JsonNode mails) {}

    /** How many events there are; null for what could not be asked yet. */
    record Counts(
            @Nullable Long emitted,
            @Nullable Long stored,
            @Nullable Long handled,
            @Nullable Long discarded) {}

    /** What a service holds back: its answer, or null while it does not answer. */
    record Parked(String service, @Nullable JsonNode answer) {}

    /** An event of the stream; times in milliseconds after its commit, null before it was handled. */
    record FeedEvent(
            long sequence,
            String type,
            String aggregate,
            int partition,
            String position,
            double storedAfter,
            @Nullable Double handledAfter) {}

    /**
     * Milliseconds from commit to handled.
     *
     * @param p50 of the last 1,000 events; null before the first
     * @param p99 of the same
     * @param now the second that the series ends with
     * @param series seconds of the last minute in which events were handled
     */
    record Latency(@Nullable Double p50, @Nullable Double p99, long now, List<Second> series) {}

    /** The events handled in one second. */
    record Second(long at, int count, double p50, double p99) {}

    /** Whether the page can kill and start programs, and which of them run, by their names. */
    record Control(boolean available, List<String> alive) {}
}
