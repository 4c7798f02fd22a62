package dev.aftercommit.crash.check;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Compares what consumers did with the stream. Pure. */
public final class InboxChecker {
    /** One thing that has to hold. */
    interface Rule {
        void check(InboxMatch match, Verdict verdict);
    }

    private static final List<Rule> RULES = List.of(
            new EachEffectOnce(),
            new NoEffectOfNothing(),
            new EffectsInOrder(),
            new HeldBackTakesNoEffect(),
            new OnlyPoisonIsDead(),
            new QueuesAreComplete(),
            new CheckpointsAtTheEnd());

    private InboxChecker() {}

    /** The events of the stream that have a handler. */
    public static Set<UUID> owed(Evidence evidence, Handling handling) {
        return Match.of(evidence).published().stream()
                .map(Match.Published::row)
                .filter(handling::concerns)
                .map(Row::id)
                .collect(Collectors.toSet());
    }

    /**
     * What is wrong.
     *
     * @param evidence of the stream and the table behind it, which is judged by {@link Checker}
     */
    public static Verdict check(Evidence evidence, Inbox inbox, Handling handling) {
        InboxMatch match = InboxMatch.of(evidence, inbox, handling);
        Verdict verdict = new Verdict();
        RULES.forEach(rule -> rule.check(match, verdict));
        return verdict;
    }
}
