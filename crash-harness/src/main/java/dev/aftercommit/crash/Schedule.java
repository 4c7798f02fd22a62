package dev.aftercommit.crash;

import dev.aftercommit.crash.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * What happens in a round. The same seed and the same faults to draw from give the same schedule; what the servers are
 * doing at that moment is up to them.
 *
 * @param clustered whether the broker is a cluster of three, of which each has a copy of the stream
 * @param beginning what the relay finds at its first start
 * @param awaitsStreaming whether the first fault waits until the relay has started
 * @param huge whether a transaction of 100,000 events is written
 * @param consumers how many instances handle the events; 0 in rounds that are of the relay alone
 */
record Schedule(
        long seed,
        boolean clustered,
        int relays,
        Optional<Fault> beginning,
        boolean awaitsStreaming,
        boolean huge,
        List<Step> steps,
        int consumers) {
    private static final int MOST_STEPS = 3;
    private static final int LONGEST_PAUSE_MILLIS = 700;
    private static final int HUGE_ONE_IN = 25;
    private static final int CLUSTERED_ONE_IN = 5;
    private static final int FEWEST_CONSUMERS = 2;
    private static final int MORE_CONSUMERS = 2;

    /**
     * Some faults.
     *
     * @param faults at the same time: one or two
     */
    record Step(int pauseMillis, List<Fault> faults) {
        Step {
            faults = List.copyOf(faults);
        }

        @Override
        public String toString() {
            return faults.stream().map(Fault::name).collect(Collectors.joining(" with ")) + " after " + pauseMillis
                    + " ms";
        }
    }

    Schedule {
        steps = List.copyOf(steps);
    }

    /** A round of a relay alone. */
    static Schedule ofRelay(long seed, List<Fault> allowed) {
        List<Fault> ofRelay =
                allowed.stream().filter(fault -> !fault.needsConsumers()).toList();
        return draw(seed, ofRelay, random -> 0, 0);
    }

    /** A round in which somebody handles the events, of which more happens. */
    static Schedule ofConsumers(long seed, List<Fault> allowed) {
        return draw(seed, allowed, random -> FEWEST_CONSUMERS + random.nextInt(MORE_CONSUMERS + 1), 2);
    }

    private static Schedule draw(long seed, List<Fault> allowed, ToIntFunction<Random> consumers, int moreSteps) {
        Random random = new Random(Seeds.of(seed).schedule());
        boolean clustered = isClustered(allowed, random);
        List<Fault> possible = allowed.stream()
                .filter(fault -> clustered || !fault.needsCluster())
                .toList();
        List<Fault> beginnings = possible.stream().filter(Fault::isBeginning).toList();
        List<Fault> faults =
                possible.stream().filter(fault -> !fault.isBeginning()).toList();
        int relays = random.nextInt(4) == 0 ? 2 : 1;
        boolean begins = !beginnings.isEmpty() && (faults.isEmpty() || random.nextInt(3) == 0);
        Optional<Fault> beginning = begins ? Optional.of(draw(beginnings, random)) : Optional.empty();
        boolean awaitsStreaming = random.nextInt(4) > 0;
        boolean huge = random.nextInt(HUGE_ONE_IN) == 0;
        List<Step> steps = new ArrayList<>();
        int count = faults.isEmpty() ? 0 : 1 + moreSteps + random.nextInt(MOST_STEPS);
        for (int i = 0; i < count; i++) {
            steps.add(step(faults, random));
        }
        return new Schedule(
                seed, clustered, relays, beginning, awaitsStreaming, huge, steps, consumers.applyAsInt(random));
    }

    /** Always when only faults of clusters are asked for, and never when none of them is. */
    private static boolean isClustered(List<Fault> allowed, Random random) {
        long needy = allowed.stream().filter(Fault::needsCluster).count();
        return needy > 0 && (needy == allowed.size() || random.nextInt(CLUSTERED_ONE_IN) == 0);
    }

    private static Step step(List<Fault> faults, Random random) {
        List<Fault> drawn = new ArrayList<>();
        drawn.add(draw(faults, random));
        if (random.nextInt(4) == 0) {
            Fault second = draw(faults, random);
            if (second.goesWith(drawn.getFirst())) {
                drawn.add(second);
            }
        }
        return new Step(random.nextInt(LONGEST_PAUSE_MILLIS), drawn);
    }

    private static Fault draw(List<Fault> faults, Random random) {
        int drawn = random.nextInt(faults.stream().mapToInt(Fault::weight).sum());
        for (Fault fault : faults) {
            drawn -= fault.weight();
            if (drawn < 0) {
                return fault;
            }
        }
        throw new IllegalStateException();
    }

    /** Everything that happens, in its order. */
    List<Fault> faults() {
        List<Fault> all = new ArrayList<>(beginning.stream().toList());
        steps.forEach(step -> all.addAll(step.faults()));
        return all;
    }
}
