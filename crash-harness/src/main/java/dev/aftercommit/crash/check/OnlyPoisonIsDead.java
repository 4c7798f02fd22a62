package dev.aftercommit.crash.check;

import java.util.List;

/**
 * Each queue begins with a dead event that its handler refuses, and none of the others in it is dead. When all is settled
 * there is no queue any more.
 */
final class OnlyPoisonIsDead implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        match.queues().values().forEach(queue -> {
            if (match.handling().settled()) {
                verdict.add(
                        FindingKind.DEAD_NEEDLESSLY,
                        queue.size() + " are still parked from " + queue.getFirst() + " on");
            } else {
                check(queue, match, verdict);
            }
        });
    }

    private static void check(List<HeldEvent> queue, InboxMatch match, Verdict verdict) {
        HeldEvent first = queue.getFirst();
        if (!first.isDead() || !match.handling().poison().test(first.event())) {
            verdict.add(FindingKind.DEAD_NEEDLESSLY, first + " is the first of its queue");
        }
        queue.stream()
                .skip(1)
                .filter(HeldEvent::isDead)
                .forEach(dead -> verdict.add(FindingKind.DEAD_NEEDLESSLY, dead + " is behind another one"));
    }
}
