package dev.aftercommit.crash;

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
 * @param events rows in the table at its end
 * @param parked how many waited when nothing else was owed any more
 * @param discarded how many were given up at an operator's request
 * @param recovery from the last write until nothing was owed any more
 */
record RoundResult(
        Schedule schedule,
        Verdict verdict,
        int events,
        int parked,
        int discarded,
        List<Incident> incidents,
        Duration recovery) {
    RoundResult {
        incidents = List.copyOf(incidents);
    }

    /** The harness itself failed: nothing is known. */
    static RoundResult brokenOff(Schedule schedule, Exception why) {
        Verdict verdict = new Verdict();
        StringWriter trace = new StringWriter();
        why.printStackTrace(new PrintWriter(trace));
        verdict.add(FindingKind.BROKEN_OFF, trace.toString());
        return new RoundResult(schedule, verdict, 0, 0, 0, List.of(), Duration.ZERO);
    }
}
