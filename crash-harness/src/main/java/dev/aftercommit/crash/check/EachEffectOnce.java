package dev.aftercommit.crash.check;

import java.util.Set;
import java.util.UUID;

/** Each event of the stream that has a handler took effect, and once, but for what is held back or was given up. */
final class EachEffectOnce implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        Set<UUID> held = match.held();
        Set<UUID> givenUp = match.inbox().discards().asked();
        match.owed().forEach((event, published) -> {
            if (!match.tookEffect(event) && !held.contains(event) && !givenUp.contains(event)) {
                verdict.add(
                        FindingKind.EFFECT_MISSING,
                        event + " (" + published.row().aggregate() + ", number "
                                + published.row().number() + ", at sequence "
                                + published.message().sequence() + ")");
            }
        });
        match.effects().forEach((event, count) -> {
            if (count > 1) {
                verdict.add(FindingKind.EFFECT_DOUBLED, event + " took effect " + count + " times");
            }
        });
    }
}
