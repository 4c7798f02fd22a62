package dev.aftercommit.crash.check;

import java.util.Optional;

/** The slot has caught up, so that PostgreSQL does not keep its WAL for ever. */
final class SlotMovesOn implements Checker.Rule {
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    @Override
    public void check(Match match, Verdict verdict) {
        Optional<Long> unconfirmed = match.evidence().unconfirmedWalBytes();
        if (unconfirmed.isEmpty()) {
            verdict.add(FindingKind.WAL_HELD_BACK, "there is no slot");
        } else if (unconfirmed.get() > MOST_BYTES) {
            verdict.add(FindingKind.WAL_HELD_BACK, "the slot is " + unconfirmed.get() + " bytes behind");
        }
    }
}
