package dev.aftercommit.testkit.internal.fuzz;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Draws schedules. Each keeps the order within each aggregate, the only one that is promised. */
final class Chance {
    private static final int MAX_BATCH = 5;
    private static final List<Fault> FAULTS = List.of(Fault.CONNECTION_LOST, Fault.CRASH, Fault.ANSWER_LOST);

    private final RandomGenerator random;

    Chance(RandomGenerator random) {
        this.random = random;
    }

    /**
     * A schedule of all events.
     *
     * @param aggregates the aggregate of each event
     */
    Schedule schedule(List<String> aggregates) {
        List<Integer> order = interleaved(aggregates);
        List<Batch> batches = new ArrayList<>();
        int from = 0;
        while (from < order.size()) {
            int to = Math.min(order.size(), from + (from == 0 ? 1 : size()));
            boolean last = to == order.size();
            batches.add(new Batch(order.subList(from, to), fault(), !last && random.nextInt(6) == 0));
            from = to;
        }
        return new Schedule(batches);
    }

    private List<Integer> interleaved(List<String> aggregates) {
        Map<String, Deque<Integer>> queues = new LinkedHashMap<>();
        for (int event = 0; event < aggregates.size(); event++) {
            queues.computeIfAbsent(aggregates.get(event), id -> new ArrayDeque<>())
                    .add(event);
        }
        List<Integer> order = new ArrayList<>();
        List<Deque<Integer>> waiting = new ArrayList<>(queues.values());
        while (!waiting.isEmpty()) {
            Deque<Integer> next = waiting.get(random.nextInt(waiting.size()));
            order.add(next.removeFirst());
            waiting.removeIf(Deque::isEmpty);
        }
        return order;
    }

    private int size() {
        return random.nextBoolean() ? 1 : random.nextInt(2, MAX_BATCH + 1);
    }

    private Fault fault() {
        return random.nextInt(3) == 0 ? FAULTS.get(random.nextInt(FAULTS.size())) : Fault.NONE;
    }
}
