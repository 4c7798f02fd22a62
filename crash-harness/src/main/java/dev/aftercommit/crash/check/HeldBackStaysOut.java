package dev.aftercommit.crash.check;

import java.util.Set;
import java.util.UUID;

/** What is parked or discarded is not in the stream. */
final class HeldBackStaysOut implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        Set<UUID> heldBack = match.evidence().parking().heldBack();
        for (Match.Published published : match.published()) {
            if (heldBack.contains(published.row().id())) {
                verdict.add(
                        FindingKind.HELD_BACK_AND_STORED,
                        published.row().id() + " at sequence "
                                + published.message().sequence());
            }
        }
    }
}
