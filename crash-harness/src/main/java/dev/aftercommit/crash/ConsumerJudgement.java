package dev.aftercommit.crash;

import dev.aftercommit.crash.check.Evidence;
import dev.aftercommit.crash.check.Handling;
import dev.aftercommit.crash.check.Inbox;
import dev.aftercommit.crash.check.InboxChecker;
import dev.aftercommit.crash.check.InboxReader;
import dev.aftercommit.crash.check.Verdict;
import dev.aftercommit.crash.load.Poison;
import dev.aftercommit.crash.world.ConsumerProgram;
import dev.aftercommit.crash.world.DeadEvents;
import dev.aftercommit.crash.world.World;
import java.time.Duration;
import java.util.Random;

/**
 * What came of the events of a stream that was found good: a first time while dead letters wait, and once more when an operator
 * has mended what the handlers stumbled over, has given some up and had the rest redriven.
 */
final class ConsumerJudgement {
    private static final int MOST_GIVEN_UP = 2;

    private final World world;
    private final Evidence evidence;
    private final Poison poison;
    private final ConsumerRecovery recovery;

    record Judged(Verdict verdict, RoundResult.Handled handled) {}

    ConsumerJudgement(World world, Evidence evidence, Poison poison, Duration patience) {
        this.world = world;
        this.evidence = evidence;
        this.poison = poison;
        this.recovery = new ConsumerRecovery(world.consumers(), InboxChecker.owed(evidence, handling(false)), patience);
    }

    Judged judge(Random random) throws Exception {
        Patience.Waited waited = recovery.await();
        Inbox inbox = inbox();
        Verdict verdict = verdict(waited, inbox, false);
        int parked = inbox.held().size();
        if (verdict.isGood()) {
            world.log().say("consumers are good so far, with " + parked + " parked");
            settle(random);
            Patience.Waited settled = recovery.awaitAll();
            inbox = inbox();
            verdict = verdict(settled, inbox, true);
        }
        return new Judged(
                verdict,
                new RoundResult.Handled(
                        inbox.effects().size(), parked, inbox.discards().done().size(), waited.time()));
    }

    private void settle(Random random) {
        DeadEvents deadEvents = world.consumers().deadEvents();
        deadEvents.some(random.nextInt(MOST_GIVEN_UP + 1), random).forEach(deadEvents::discard);
        deadEvents.mend();
    }

    private Inbox inbox() throws Exception {
        DeadEvents deadEvents = world.consumers().deadEvents();
        return InboxReader.read(
                world.consumers().database(), new Inbox.Discards(deadEvents.asked(), deadEvents.discarded()));
    }

    private Verdict verdict(Patience.Waited waited, Inbox inbox, boolean settled) {
        Verdict verdict = InboxChecker.check(evidence, inbox, handling(settled));
        recovery.judge(waited, verdict);
        return verdict;
    }

    private Handling handling(boolean settled) {
        return new Handling(ConsumerProgram.HANDLED, poison::isPoison, settled);
    }
}
