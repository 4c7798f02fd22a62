package dev.aftercommit.crash;

import dev.aftercommit.crash.check.Checker;
import dev.aftercommit.crash.check.CommitWitness;
import dev.aftercommit.crash.check.Evidence;
import dev.aftercommit.crash.check.ParkingReader;
import dev.aftercommit.crash.check.StreamReader;
import dev.aftercommit.crash.check.TableReader;
import dev.aftercommit.crash.check.Verdict;
import dev.aftercommit.crash.world.EventStream;
import dev.aftercommit.crash.world.World;
import java.time.Duration;
import java.util.Random;

/**
 * What the relay made of the events: a first time while things may be parked, and once more when an operator has settled
 * that.
 */
final class RelayJudgement {
    private final World world;
    private final Recovery recovery;

    /**
     * What the relay did.
     *
     * @param parked how many events waited when nothing else was owed any more
     * @param recovery from the last write until then
     */
    record Judged(Verdict verdict, Evidence evidence, int parked, Duration recovery) {}

    /** From here on no events are committed. */
    RelayJudgement(World world, Duration patience) {
        this.world = world;
        this.recovery = new Recovery(world, patience);
    }

    Judged judge(Random random) throws Exception {
        Recovery.Outcome outcome = recovery.await();
        Evidence evidence = evidence(false);
        Verdict verdict = verdict(outcome, evidence);
        Settlement settlement = new Settlement(world, random);
        int parked = evidence.parking().parked().size();
        if (verdict.isGood() && settlement.isNeeded()) {
            world.log().say("good so far, with " + parked + " parked");
            settlement.make(evidence);
            Recovery.Outcome settled = recovery.await();
            evidence = evidence(true);
            verdict = verdict(settled, evidence);
        }
        return new Judged(verdict, evidence, parked, outcome.time());
    }

    private Verdict verdict(Recovery.Outcome outcome, Evidence evidence) throws InterruptedException {
        Verdict verdict = Checker.check(evidence);
        recovery.judge(outcome, verdict);
        return verdict;
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
