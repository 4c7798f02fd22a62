package dev.aftercommit.crash.check;

import java.util.Optional;

/** Every message, also one that came again, is made from its row as the contract says. */
final class SameContent implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        for (Match.Published published : match.published()) {
            Optional<String> difference = ExpectedMessage.of(published.row()).differenceFrom(published.message());
            difference.ifPresent(what -> verdict.add(
                    FindingKind.ALTERED,
                    published.row().id() + " at sequence " + published.message().sequence() + ": " + what));
        }
    }
}
