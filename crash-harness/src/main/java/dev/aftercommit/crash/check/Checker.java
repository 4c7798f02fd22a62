package dev.aftercommit.crash.check;

import java.util.List;

/** Compares the stream with the table. Pure. */
public final class Checker {
    /** One thing that has to hold. */
    interface Rule {
        void check(Match match, Verdict verdict);
    }

    private static final List<Rule> RULES = List.of(
            new EachRowOnce(),
            new NothingUnknown(),
            new SameContent(),
            new PositionsRise(),
            new CommitOrder(),
            new AggregateOrder(),
            new HealsAreTold(),
            new HeldBackStaysOut(),
            new OnlyPoisonIsParked(),
            new DiscardsWereAskedFor(),
            new SlotMovesOn());

    private Checker() {}

    public static Verdict check(Evidence evidence) {
        Match match = Match.of(evidence);
        Verdict verdict = new Verdict();
        RULES.forEach(rule -> rule.check(match, verdict));
        return verdict;
    }
}
