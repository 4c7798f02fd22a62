package dev.aftercommit.crash.load;

import java.util.Comparator;

/** What events are about. Ordered, so that transactions lock counters in one order and do not wait for each other. */
record Aggregate(String type, String id) implements Comparable<Aggregate> {
    private static final Comparator<Aggregate> ORDER =
            Comparator.comparing(Aggregate::type).thenComparing(Aggregate::id);

    @Override
    public int compareTo(Aggregate other) {
        return ORDER.compare(this, other);
    }
}
