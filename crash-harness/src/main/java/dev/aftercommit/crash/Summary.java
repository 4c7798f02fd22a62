package dev.aftercommit.crash;

import dev.aftercommit.crash.check.FindingKind;
import dev.aftercommit.crash.check.Incident;
import dev.aftercommit.crash.fault.Fault;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What all rounds together were. Not thread-safe. */
public final class Summary {
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final Map<FindingKind, Integer> findings = new EnumMap<>(FindingKind.class);
    private final Map<String, Integer> incidents = new TreeMap<>();
    private final Share relay = new Share();
    private final Share consumers = new Share();
    private int rounds;
    private int failed;
    private int clustered;
    private int handled;
    private long healed;
    private long ghosts;

    /** What relays have published, or consumers have handled, and what they held back. */
    private static final class Share {
        private long events;
        private long parked;
        private long discarded;
        private Duration longestRecovery = Duration.ZERO;
        private long seedOfLongest;

        void add(long seed, int ofEvents, int ofParked, int ofDiscarded, Duration recovery) {
            events += ofEvents;
            parked += ofParked;
            discarded += ofDiscarded;
            if (recovery.compareTo(longestRecovery) > 0) {
                longestRecovery = recovery;
                seedOfLongest = seed;
            }
        }

        @Override
        public String toString() {
            return "%d events, %d parked, %d discarded; slowest %d ms to recover, seed %d"
                    .formatted(events, parked, discarded, longestRecovery.toMillis(), seedOfLongest);
        }
    }

    void add(RoundResult result) {
        Schedule schedule = result.schedule();
        RoundResult.Relayed relayed = result.relayed();
        RoundResult.Handled effects = result.handled();
        rounds++;
        failed += result.verdict().isGood() ? 0 : 1;
        clustered += schedule.clustered() ? 1 : 0;
        handled += schedule.consumers() > 0 ? 1 : 0;
        relay.add(schedule.seed(), relayed.events(), relayed.parked(), relayed.discarded(), relayed.recovery());
        consumers.add(schedule.seed(), effects.effects(), effects.parked(), effects.discarded(), effects.recovery());
        schedule.faults().forEach(fault -> faults.merge(fault, 1, Integer::sum));
        result.verdict().counts().forEach((kind, count) -> findings.merge(kind, count, Integer::sum));
        for (Incident incident : relayed.incidents()) {
            incidents.merge(incident.kind(), 1, Integer::sum);
            healed += incident.events();
            ghosts += incident.ghosts().size();
        }
    }

    public int failed() {
        return failed;
    }

    int rounds() {
        return rounds;
    }

    /** For people. */
    @Override
    public String toString() {
        return """
                %d rounds, %d with a cluster, %d failed
                faults:    %s
                incidents: %s
                healed:    %d events; ghosts: %d
                relay:     %s
                consumers: %s
                found:     %s""".formatted(
                        rounds,
                        clustered,
                        failed,
                        list(faults),
                        list(incidents),
                        healed,
                        ghosts,
                        relay,
                        handled == 0 ? "none" : consumers,
                        findings.isEmpty() ? "nothing wrong" : list(findings));
    }

    private static String list(Map<?, Integer> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
