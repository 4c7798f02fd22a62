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
    private int rounds;
    private int failed;
    private long events;
    private long healed;
    private long ghosts;
    private long parked;
    private long discarded;
    private int clustered;
    private Duration longestRecovery = Duration.ZERO;
    private long seedOfLongest;

    void add(RoundResult result) {
        rounds++;
        failed += result.verdict().isGood() ? 0 : 1;
        events += result.events();
        parked += result.parked();
        discarded += result.discarded();
        clustered += result.schedule().clustered() ? 1 : 0;
        result.schedule().faults().forEach(fault -> faults.merge(fault, 1, Integer::sum));
        result.verdict().counts().forEach((kind, count) -> findings.merge(kind, count, Integer::sum));
        for (Incident incident : result.incidents()) {
            incidents.merge(incident.kind(), 1, Integer::sum);
            healed += incident.events();
            ghosts += incident.ghosts().size();
        }
        if (result.recovery().compareTo(longestRecovery) > 0) {
            longestRecovery = result.recovery();
            seedOfLongest = result.schedule().seed();
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
                %d rounds, %d with a cluster, %d failed; %d events
                faults:    %s
                incidents: %s
                healed:    %d events; ghosts: %d
                parked:    %d events; discarded: %d
                slowest:   %d ms to recover, seed %d
                found:     %s""".formatted(
                        rounds,
                        clustered,
                        failed,
                        events,
                        list(faults),
                        list(incidents),
                        healed,
                        ghosts,
                        parked,
                        discarded,
                        longestRecovery.toMillis(),
                        seedOfLongest,
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
