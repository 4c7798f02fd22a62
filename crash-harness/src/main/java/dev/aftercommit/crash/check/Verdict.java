package dev.aftercommit.crash.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wrong, by kind. Not thread-safe. */
public final class Verdict {
    private static final int EXAMPLES = 5;

    private final Map<FindingKind, List<String>> findings = new EnumMap<>(FindingKind.class);

    public void add(FindingKind kind, String what) {
        findings.computeIfAbsent(kind, k -> new ArrayList<>()).add(what);
    }

    public boolean isGood() {
        return findings.isEmpty();
    }

    /** How many findings there are of each kind that has any. */
    public Map<FindingKind, Integer> counts() {
        Map<FindingKind, Integer> counts = new EnumMap<>(FindingKind.class);
        findings.forEach((kind, found) -> counts.put(kind, found.size()));
        return counts;
    }

    /** For people: each kind with its number and a few examples. */
    @Override
    public String toString() {
        return findings.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().size() + ": "
                        + entry.getValue().stream().limit(EXAMPLES).collect(Collectors.joining("; "))
                        + (entry.getValue().size() > EXAMPLES ? "; ..." : ""))
                .collect(Collectors.joining("\n"));
    }
}
