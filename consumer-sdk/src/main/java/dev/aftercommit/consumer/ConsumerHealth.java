package dev.aftercommit.consumer;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a consumer does what it is there for, in this instance of the service; for health checks. Parked and dead events do
 * not count, since all others go on. Immutable.
 *
 * @param verdict in one word
 * @param reasons why it is not up, a sentence each; none when it is. They never hold a payload
 */
public record ConsumerHealth(Verdict verdict, List<String> reasons) {

    /** A consumer's health in one word. */
    public enum Verdict {
        /** Nothing holds it up. */
        UP,
        /** It runs, and something holds up all of it or some partitions. A restart does not help. */
        WAITING,
        /** It was not started, or is closed. */
        STOPPED
    }

    public ConsumerHealth {
        reasons = List.copyOf(reasons);
    }

    static ConsumerHealth of(ConsumerStatus status) {
        return switch (status.state()) {
            case NEW -> new ConsumerHealth(Verdict.STOPPED, List.of("It was not started."));
            case CLOSED -> new ConsumerHealth(Verdict.STOPPED, List.of("It is closed."));
            case RUNNING -> {
                Set<String> reasons = reasons(status);
                yield new ConsumerHealth(reasons.isEmpty() ? Verdict.UP : Verdict.WAITING, List.copyOf(reasons));
            }
        };
    }

    /** What partitions wait for, each reason in its own words; what holds up the whole consumer where none of them says so. */
    private static Set<String> reasons(ConsumerStatus status) {
        Set<String> reasons = new LinkedHashSet<>();
        if (!status.connected()) {
            reasons.add("NATS is not connected.");
        }
        List<Waiting> partitions = status.waitingWithin().toList();
        partitions.forEach(waiting -> reasons.add(sentence(waiting)));
        Waiting whole = status.waiting();
        if (whole != null && partitions.stream().noneMatch(waiting -> waiting.reason() == whole.reason())) {
            reasons.add(sentence(whole));
        }
        return reasons;
    }

    private static String sentence(Waiting waiting) {
        return waiting.reason() + ": " + waiting.message();
    }
}
