package dev.aftercommit.crash.check;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Nothing is discarded that nobody wanted to be. */
final class DiscardsWereAskedFor implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        Parking parking = match.evidence().parking();
        Set<UUID> unasked = new HashSet<>(parking.discarded());
        unasked.removeAll(parking.givenUp());
        unasked.forEach(event -> verdict.add(FindingKind.DISCARDED_UNASKED, event.toString()));
    }
}
