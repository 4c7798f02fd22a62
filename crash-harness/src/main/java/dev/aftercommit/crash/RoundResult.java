package dev.aftercommit.crash;

import dev.aftercommit.crash.check.Evidence;
import dev.aftercommit.crash.check.FindingKind;
import dev.aftercommit.crash.check.Incident;
import dev.aftercommit.crash.check.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;

/**
 * What became of a round.
 *
 * @param relayed what relays did
 * @param handled what consumers did; nothing where there are none
 */
record RoundResult(Schedule schedule, Verdict verdict, Relayed relayed, Handled handled) {
    /**
     * What relays did.
     *
     * @param events rows in the table at the end of the round
     * @param parked how many waited when nothing else was owed any more
     * @param discarded how many were given up at an operator's request
     * @param recovery from the last write until nothing was owed any more
     */
    record Relayed(int events, int parked, int discarded, List<Incident> incidents, Duration recovery) {
        static final Relayed NOTHING = new Relayed(0, 0, 0, List.of(), Duration.ZERO);

        Relayed {
            incidents = List.copyOf(incidents);
        }
    }

    /**
     * What consumers did.
     *
     * @param effects how many there were at the end of the round
     * @param parked how many events waited when nothing else was owed any more
     * @param discarded how many were given up at an operator's request
     * @param recovery from the end of the relay's work until nothing else was owed any more
     */
    record Handled(int effects, int parked, int discarded, Duration recovery) {
        static final Handled NOTHING = new Handled(0, 0, 0, Duration.ZERO);
    }

    static RoundResult ofRelay(Schedule schedule, RelayJudgement.Judged judged) {
        Evidence evidence = judged.evidence();
        return new RoundResult(
                schedule,
                judged.verdict(),
                new Relayed(
                        evidence.rows().size(),
                        judged.parked(),
                        evidence.parking().discarded().size(),
                        evidence.incidents(),
                        judged.recovery()),
                Handled.NOTHING);
    }

    /** Whose verdict follows that on the relay, which is good. */
    RoundResult with(ConsumerJudgement.Judged judged) {
        return new RoundResult(schedule, judged.verdict(), relayed, judged.handled());
    }

    /** The harness itself failed: nothing is known. */
    static RoundResult brokenOff(Schedule schedule, Exception why) {
        Verdict verdict = new Verdict();
        StringWriter trace = new StringWriter();
        why.printStackTrace(new PrintWriter(trace));
        verdict.add(FindingKind.BROKEN_OFF, trace.toString());
        return new RoundResult(schedule, verdict, Relayed.NOTHING, Handled.NOTHING);
    }
}
