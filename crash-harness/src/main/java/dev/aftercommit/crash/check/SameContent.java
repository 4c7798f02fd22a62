package dev.aftercommit.crash.check;

import java.util.Optional;

/** Every message, also one that came again, is made from its row as the contract says. There is none of a row that breaks it. */
final class SameContent implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        for (Match.Published published : match.published()) {
            difference(published)
                    .ifPresent(what -> verdict.add(
                            FindingKind.ALTERED,
                            published.row().id() + " at sequence "
                                    + published.message().sequence() + ": " + what));
        }
    }

    private static Optional<String> difference(Match.Published published) {
        Optional<String> breach = Breach.of(published.row());
        return breach.isPresent()
                ? breach.map(what -> "breaks the contract: " + what)
                : ExpectedMessage.of(published.row()).differenceFrom(published.message());
    }
}
