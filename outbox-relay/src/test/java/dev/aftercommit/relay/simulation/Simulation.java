package dev.aftercommit.relay.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Runs schedules, one for each seed, and makes the first that fails as short as it can. */
final class Simulation {
    /** A schedule that went wrong. */
    record Failure(long seed, Plan plan, Violation violation) {
        /** The violation without what differs from one run to the next. */
        String kind() {
            return violation.getMessage().replaceAll("[0-9a-f-]*[0-9]+[0-9a-f-]*", "#");
        }

        /** Everything that happened, for people. */
        String story() {
            World world = new World(seed, plan, true);
            Violation again = world.run();
            return String.join("\n", world.trace()) + "\n"
                    + (again == null ? "It did not fail again." : again.getMessage());
        }
    }

    private final AtomicLong steps = new AtomicLong();

    /** A failure among so many seeds, or null. What it is as soon as one is found may differ with the machine. */
    @Nullable
    Failure run(long firstSeed, long schedules) throws InterruptedException {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        root.setLevel(Level.OFF);
        try {
            return runSilently(firstSeed, schedules);
        } finally {
            root.setLevel(level);
        }
    }

    private @Nullable Failure runSilently(long firstSeed, long schedules) throws InterruptedException {
        AtomicLong next = new AtomicLong(firstSeed);
        AtomicReference<Failure> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (long seed = next.getAndIncrement();
                        seed < firstSeed + schedules && failure.get() == null;
                        seed = next.getAndIncrement()) {
                    Failure found = run(seed, Plan.of(seed));
                    if (found != null) {
                        failure.accumulateAndGet(
                                found, (old, other) -> old == null || other.seed() < old.seed() ? other : old);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return failure.get();
    }

    private @Nullable Failure run(long seed, Plan plan) {
        World world = new World(seed, plan, false);
        Violation violation = world.run();
        steps.addAndGet(world.steps());
        return violation == null ? null : new Failure(seed, plan, violation);
    }

    long steps() {
        return steps.get();
    }

    /** Leaves out whatever is not needed for it to fail in the same way. */
    Failure shrink(Failure failure) throws InterruptedException {
        AtomicReference<Failure> shortest = new AtomicReference<>(failure);
        Thread.ofVirtual().start(() -> shortest.set(shrunk(failure))).join();
        return shortest.get();
    }

    private Failure shrunk(Failure failure) {
        Failure shortest = failure;
        for (int size = shortest.plan().actions().size() / 2; size > 0; size = size / 2) {
            int from = 0;
            while (from < shortest.plan().actions().size()) {
                int to = Math.min(from + size, shortest.plan().actions().size());
                Failure without = run(failure.seed(), shortest.plan().without(from, to));
                if (without == null || !without.kind().equals(failure.kind())) {
                    from = to;
                } else {
                    shortest = without;
                }
            }
        }
        return shortest;
    }
}
