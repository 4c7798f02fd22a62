package dev.aftercommit.crash;

import dev.aftercommit.crash.check.CommitWitness;
import dev.aftercommit.crash.fault.Fault;
import dev.aftercommit.crash.load.Poison;
import dev.aftercommit.crash.load.Writers;
import dev.aftercommit.crash.world.Waiting;
import dev.aftercommit.crash.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One schedule in a world of its own: faults while services write, time to recover, then the verdict. */
final class Round {
    private static final int WRITERS = 4;
    private static final Duration FIRST_START = Duration.ofSeconds(20);
    private static final Duration LAST_WRITES = Duration.ofMillis(300);

    private final Schedule schedule;
    private final World world;
    private final Stage stage;
    private final Duration patience;
    private final Seeds seeds;
    private final Random random;
    private final Poison poison;

    Round(Schedule schedule, World world, Stage stage, Duration patience) {
        this.schedule = schedule;
        this.world = world;
        this.stage = stage;
        this.patience = patience;
        this.seeds = Seeds.of(schedule.seed());
        this.random = new Random(seeds.faults());
        this.poison = new Poison(seeds.poison());
    }

    RoundResult play() throws Exception {
        world.log().say(schedule.toString());
        CommitWitness.begin(world.database());
        if (schedule.beginning().isPresent()) {
            schedule.beginning().get().strike(world, random);
        }
        try (Writers writers = Writers.start(world::connect, WRITERS, seeds.writers())) {
            world.startRelays(schedule.relays(), stage.relay());
            if (stage.consumers().isPresent()) {
                world.startConsumers(schedule.consumers(), stage.consumers().get(), poison.seed());
            }
            if (schedule.awaitsStreaming()) {
                Waiting.until(FIRST_START, () -> Recovery.isStreaming(world));
            }
            if (schedule.huge()) {
                writers.writeHugeTransaction();
            }
            for (Schedule.Step step : schedule.steps()) {
                Thread.sleep(step.pauseMillis());
                strike(step.faults());
            }
            Thread.sleep(LAST_WRITES);
        }
        return judge();
    }

    /** The consumers of a stream that is not good are not judged: they cannot do better. */
    private RoundResult judge() throws Exception {
        RelayJudgement.Judged relayed = new RelayJudgement(world, patience).judge(random);
        RoundResult result = RoundResult.ofRelay(schedule, relayed);
        if (schedule.consumers() > 0 && relayed.verdict().isGood()) {
            ConsumerJudgement consumers = new ConsumerJudgement(world, relayed.evidence(), poison, patience);
            result = result.with(consumers.judge(random));
        }
        world.log().say(result.verdict().isGood() ? "good" : result.verdict().toString());
        return result;
    }

    /** At the same time, when there are several. */
    private void strike(List<Fault> faults) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> striking = new ArrayList<>();
            for (Fault fault : faults) {
                Random own = new Random(random.nextLong());
                striking.add(threads.submit(() -> {
                    fault.strike(world, own);
                    return null;
                }));
            }
            for (Future<?> each : striking) {
                each.get();
            }
        }
    }
}
