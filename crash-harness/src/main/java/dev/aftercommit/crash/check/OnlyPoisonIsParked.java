package dev.aftercommit.crash.check;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Each queue begins with an event that the stream could not take, and when all is settled there is no queue any more: or a
 * relay could park whatever it likes.
 */
final class OnlyPoisonIsParked implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        Parking parking = match.evidence().parking();
        Set<Row.Aggregate> waiting = new HashSet<>();
        for (Row row : match.parked()) {
            if (parking.settled()) {
                verdict.add(FindingKind.PARKED_NEEDLESSLY, row.id() + " is still parked");
            } else if (waiting.add(row.aggregate()) && !isPoison(row, parking.narrowest())) {
                verdict.add(FindingKind.PARKED_NEEDLESSLY, row.id() + " is the first of " + row.aggregate());
            }
        }
    }

    private static boolean isPoison(Row row, Optional<Integer> narrowest) {
        return Breach.of(row).isPresent()
                || narrowest
                        .filter(bytes -> ExpectedMessage.of(row).sizeAtMost() > bytes)
                        .isPresent();
    }
}
