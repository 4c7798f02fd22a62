package dev.aftercommit.crash.check;

import java.util.UUID;

/** What is held back or was given up took no effect, nor did what its handler refuses as long as nobody has mended that. */
final class HeldBackTakesNoEffect implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        for (HeldEvent held : match.inbox().held()) {
            if (match.tookEffect(held.event())) {
                verdict.add(FindingKind.HELD_BACK_AND_HANDLED, held.event() + " is parked and took effect");
            }
        }
        for (UUID event : match.inbox().discards().done()) {
            if (match.tookEffect(event)) {
                verdict.add(FindingKind.HELD_BACK_AND_HANDLED, event + " is discarded and took effect");
            }
        }
        if (!match.handling().settled()) {
            match.effects().keySet().stream()
                    .filter(match.handling().poison())
                    .forEach(event -> verdict.add(
                            FindingKind.HELD_BACK_AND_HANDLED, event + " took effect though its handler refused it"));
        }
    }
}
