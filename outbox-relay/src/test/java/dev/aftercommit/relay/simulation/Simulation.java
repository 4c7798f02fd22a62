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

    /** The first failure among so many seeds, or null. */
    @Nullable
    Failure run(long firstSeed, long schedules) throws InterruptedException {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
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

    /** Leaves out whatever is not needed for it to fail. The calling thread must be virtual. */
    Failure shrink(Failure failure) {
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

    private static void survey(Simulation simulation, long first, long schedules) throws InterruptedException {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        java.util.Map<String, List<Long>> found = new java.util.concurrent.ConcurrentHashMap<>();
        AtomicLong next = new AtomicLong(first);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (long seed = next.getAndIncrement(); seed < first + schedules; seed = next.getAndIncrement()) {
                    Failure failure = simulation.run(seed, Plan.of(seed));
                    if (failure != null) {
                        found.computeIfAbsent(
                                        failure.kind(), k -> java.util.Collections.synchronizedList(new ArrayList<>()))
                                .add(seed);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        found.forEach((text, seeds) ->
                System.out.println(seeds.size() + "  " + seeds.subList(0, Math.min(5, seeds.size())) + " " + text));
    }

    public static void main(String[] arguments) throws InterruptedException {
        long first = Long.parseLong(arguments[0]);
        long schedules = Long.parseLong(arguments[1]);
        Simulation simulation = new Simulation();
        if (arguments.length > 2) {
            survey(simulation, first, schedules);
            return;
        }
        long start = System.nanoTime();
        Failure failure = simulation.run(first, schedules);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%d schedules, %.1f s, %d steps%n", schedules, seconds, simulation.steps());
        if (failure != null) {
            Thread.ofVirtual()
                    .start(() -> {
                        System.out.println("Seed " + failure.seed() + ": "
                                + failure.violation().getMessage());
                        Failure shrunk = simulation.shrink(failure);
                        System.out.println(shrunk.story());
                        shrunk.plan().actions().forEach(System.out::println);
                        if (shrunk.violation().getCause() != null) {
                            shrunk.violation().getCause().printStackTrace(System.out);
                        }
                    })
                    .join();
        }
    }
}
