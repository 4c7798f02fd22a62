package dev.aftercommit.crash;

import dev.aftercommit.crash.check.Checker;
import dev.aftercommit.crash.check.CommitWitness;
import dev.aftercommit.crash.check.Evidence;
import dev.aftercommit.crash.check.ParkingReader;
import dev.aftercommit.crash.check.StreamReader;
import dev.aftercommit.crash.check.TableReader;
import dev.aftercommit.crash.check.Verdict;
import dev.aftercommit.crash.fault.Fault;
import dev.aftercommit.crash.load.Writers;
import dev.aftercommit.crash.world.EventStream;
import dev.aftercommit.crash.world.RelayProgram;
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
    private final RelayProgram relay;
    private final Duration patience;
    private final Seeds seeds;
    private final Random random;

    Round(Schedule schedule, World world, RelayProgram relay, Duration patience) {
        this.schedule = schedule;
        this.world = world;
        this.relay = relay;
        this.patience = patience;
        this.seeds = Seeds.of(schedule.seed());
        this.random = new Random(seeds.faults());
    }

    RoundResult play() throws Exception {
        world.log().say(schedule.toString());
        CommitWitness.begin(world.database());
        if (schedule.beginning().isPresent()) {
            schedule.beginning().get().strike(world, random);
        }
        try (Writers writers = Writers.start(world::connect, WRITERS, seeds.writers())) {
            world.startRelays(schedule.relays(), relay);
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

    /** A first time while things may be parked, and once more when an operator has settled that. */
    private RoundResult judge() throws Exception {
        Recovery recovery = new Recovery(world, patience);
        Recovery.Outcome outcome = recovery.await();
        Evidence evidence = evidence(false);
        Verdict verdict = verdict(recovery, outcome, evidence);
        Settlement settlement = new Settlement(world, random);
        int parked = evidence.parking().parked().size();
        if (verdict.isGood() && settlement.isNeeded()) {
            world.log().say("good so far, with " + parked + " parked");
            settlement.make(evidence);
            Recovery.Outcome settled = recovery.await();
            evidence = evidence(true);
            verdict = verdict(recovery, settled, evidence);
        }
        world.log().say(verdict.isGood() ? "good" : verdict.toString());
        return new RoundResult(
                schedule,
                verdict,
                evidence.rows().size(),
                parked,
                evidence.parking().discarded().size(),
                evidence.incidents(),
                outcome.time());
    }

    private static Verdict verdict(Recovery recovery, Recovery.Outcome outcome, Evidence evidence)
            throws InterruptedException {
        Verdict verdict = Checker.check(evidence);
        recovery.judge(outcome, verdict);
        return verdict;
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

    private Evidence evidence(boolean settled) throws Exception {
        return new Evidence(
                TableReader.rows(world.database()),
                CommitWitness.order(world.database()),
                StreamReader.messages(world.broker().url(), EventStream.NAME),
                TableReader.incidents(world.database()),
                world.databaseWentBack(),
                ParkingReader.read(
                        world.database(),
                        world.parked().givenUp(),
                        world.stream().narrowest(),
                        settled),
                TableReader.unconfirmedWalBytes(world.database()));
    }
}
