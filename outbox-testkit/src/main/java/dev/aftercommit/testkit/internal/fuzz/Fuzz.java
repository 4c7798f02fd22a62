package dev.aftercommit.testkit.internal.fuzz;

import dev.aftercommit.testkit.OutboxFixture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Draws schedules, plays them, and compares what they have led to with the run in order. For one thread. */
public final class Fuzz {
    private static final int SHRINKING_AT_MOST = 100;

    private final Supplier<OutboxFixture> fixtures;
    private final FuzzConfig config;
    /** Of the events that take part, each in the order of the test. */
    private final Map<List<Integer>, Outcome> inOrder = new HashMap<>();
    /** What the last schedule has led to that led to something else than the run in order. */
    private @Nullable Outcome elsewhere;

    /**
     * @param fixtures a database and a source for each schedule
     */
    public Fuzz(Supplier<OutboxFixture> fixtures, FuzzConfig config) {
        this.fixtures = fixtures;
        this.config = config;
    }

    /**
     * Plays all runs.
     *
     * @throws AssertionError when one leads to something else than the run in order, or one of all these leads nowhere
     */
    public void run() {
        requireThatOrderWorks(Schedule.inOrder(config.count()));
        for (int run = 0; run < config.runs(); run++) {
            long seed = config.seed() + run;
            Schedule schedule = new Chance(new SplittableRandom(seed)).schedule(config.aggregates());
            try {
                if (leadsElsewhere(schedule)) {
                    throw failure(seed, schedule);
                }
            } catch (StuckException stuck) {
                throw new AssertionError(
                        "In this schedule:" + schedule.describe(config::name) + "\n" + stuck.getMessage() + again(seed),
                        stuck);
            }
        }
    }

    private void requireThatOrderWorks(Schedule schedule) {
        String failure;
        try {
            failure = String.join("\n  ", inOrder(schedule).held());
        } catch (StuckException stuck) {
            failure = stuck.getMessage();
        }
        if (failure != null && !failure.isEmpty()) {
            throw new AssertionError(
                    "Already in order, one by one and with nothing that goes wrong, not all is handled:\n  " + failure);
        }
    }

    private AssertionError failure(long seed, Schedule schedule) {
        Schedule smallest = new Shrinking(this::stillLeadsElsewhere, SHRINKING_AT_MOST).shrink(schedule);
        return new AssertionError(
                "What the handlers do depends on how events reach them. The smallest schedule that was found:"
                        + smallest.describe(config::name)
                        + "\nleads to something else than the same events in order, one by one:"
                        + Objects.requireNonNull(elsewhere).differencesFrom(inOrder(smallest))
                        + again(seed));
    }

    private static String again(long seed) {
        return "\nPlay it again: seed(" + seed + ").runs(1)";
    }

    private boolean stillLeadsElsewhere(Schedule schedule) {
        try {
            return leadsElsewhere(schedule);
        } catch (StuckException e) {
            return false; // that is another failure
        }
    }

    private boolean leadsElsewhere(Schedule schedule) {
        Outcome expected = inOrder(schedule);
        Outcome outcome = play(schedule);
        if (outcome.equals(expected)) {
            return false;
        }
        elsewhere = outcome;
        return true;
    }

    private Outcome inOrder(Schedule schedule) {
        List<Integer> events = List.copyOf(new TreeSet<>(schedule.events()));
        Outcome known = inOrder.get(events);
        if (known == null) {
            known = play(Schedule.inOrder(events));
            inOrder.put(events, known);
        }
        return known;
    }

    private Outcome play(Schedule schedule) {
        try (OutboxFixture fixture = fixtures.get();
                Stage stage = new Stage(fixture, config)) {
            return stage.play(schedule);
        }
    }
}
