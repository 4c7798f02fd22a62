package dev.aftercommit.testkit.internal.fuzz;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Looks for the smallest schedule that still fails. */
final class Shrinking {
    private final Predicate<Schedule> fails;
    private int left;

    /**
     * @param fails plays a schedule
     * @param atMost how many are played
     */
    Shrinking(Predicate<Schedule> fails, int atMost) {
        this.fails = fails;
        this.left = atMost;
    }

    /** The smallest one that was found; the given one where none is smaller. */
    Schedule shrink(Schedule failing) {
        Schedule smallest = failing;
        boolean found = true;
        while (found) {
            found = false;
            for (Schedule smaller : smaller(smallest)) {
                if (left-- <= 0) {
                    return smallest;
                }
                if (fails.test(smaller)) {
                    smallest = smaller;
                    found = true;
                    break;
                }
            }
        }
        return smallest;
    }

    /** Each has fewer events, or as many and fewer faults, or is nearer to one by one and in order. Most is tried first. */
    List<Schedule> smaller(Schedule schedule) {
        List<Schedule> candidates = new ArrayList<>();
        List<Batch> batches = schedule.batches();
        if (batches.size() > 1) {
            halves(batches).forEach(half -> candidates.add(new Schedule(half)));
            for (int i = 0; i < batches.size(); i++) {
                candidates.add(without(batches, i));
            }
        }
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.get(i);
            for (int event = 0;
                    batch.events().size() > 1 && event < batch.events().size();
                    event++) {
                List<Integer> others = new ArrayList<>(batch.events());
                others.subList(event, event + 1).clear();
                candidates.add(with(batches, i, same -> same.with(others)));
            }
            if (batch.fault() != Fault.NONE) {
                candidates.add(with(batches, i, Batch::withoutFault));
            }
            if (batch.again()) {
                candidates.add(with(batches, i, Batch::withoutAgain));
            }
            if (batch.events().size() > 1) {
                candidates.add(split(batches, i));
            }
            if (i > 0 && areSwapped(batches.get(i - 1), batch)) {
                List<Batch> swapped = new ArrayList<>(batches);
                Collections.swap(swapped, i - 1, i);
                candidates.add(new Schedule(swapped));
            }
        }
        return candidates;
    }

    private static List<List<Batch>> halves(List<Batch> batches) {
        int middle = batches.size() / 2;
        return List.of(batches.subList(0, middle), batches.subList(middle, batches.size()));
    }

    private static Schedule without(List<Batch> batches, int index) {
        List<Batch> others = new ArrayList<>(batches);
        others.remove(index);
        return new Schedule(others);
    }

    private static Schedule with(List<Batch> batches, int index, UnaryOperator<Batch> change) {
        List<Batch> changed = new ArrayList<>(batches);
        changed.set(index, change.apply(batches.get(index)));
        return new Schedule(changed);
    }

    /** One by one, with the fault at the last. */
    private static Schedule split(List<Batch> batches, int index) {
        List<Batch> changed = new ArrayList<>(batches);
        Batch batch = changed.remove(index);
        List<Batch> single =
                new ArrayList<>(batch.events().stream().map(Batch::of).toList());
        single.set(single.size() - 1, batch.with(List.of(batch.last())));
        changed.addAll(index, single);
        return new Schedule(changed);
    }

    /** Whether two single events come in another order than in the test's list, and so are of different aggregates. */
    private static boolean areSwapped(Batch one, Batch other) {
        return one.events().size() == 1 && other.events().size() == 1 && one.last() > other.last();
    }
}
