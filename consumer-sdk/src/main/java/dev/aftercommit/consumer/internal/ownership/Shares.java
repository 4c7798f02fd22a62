package dev.aftercommit.consumer.internal.ownership;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How instances share the partitions of a stream: each as many as any other, or one more. Every instance reckons for itself
 * from what it sees; whoever has too many lets some go, and whoever has too few takes what is free. Pure.
 */
final class Shares {
    private Shares() {}

    /**
     * What one instance does next.
     *
     * @param release partitions that it is to let go
     * @param take how many of those that are free it is to take
     */
    record Step(Set<Integer> release, int take) {}

    /**
     * The next step of one of the instances. Of those that have most the first get the one more that is left over, so that as
     * little as possible changes hands.
     *
     * @param held what each instance has, also those that have nothing
     */
    static Step of(int partitions, Map<Integer, Set<Integer>> held, int me) {
        List<Integer> instances = held.keySet().stream()
                .sorted(Comparator.comparingInt(
                                (Integer each) -> -of(held, each).size())
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        boolean getsOneMore = instances.indexOf(me) < partitions % instances.size();
        int quota = partitions / instances.size() + (getsOneMore ? 1 : 0);
        Set<Integer> mine = of(held, me);
        return new Step(
                mine.stream()
                        .sorted(Comparator.reverseOrder())
                        .limit(Math.max(0, mine.size() - quota))
                        .collect(Collectors.toSet()),
                Math.max(0, quota - mine.size()));
    }

    private static Set<Integer> of(Map<Integer, Set<Integer>> held, int instance) {
        return held.getOrDefault(instance, Set.of());
    }
}
