package dev.aftercommit.crash.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Each aggregate's effects were committed in the order of the stream. An effect that is there twice counts the first time.
 */
final class EffectsInOrder implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        Map<UUID, Long> places = new HashMap<>();
        match.owed().keySet().forEach(event -> places.put(event, (long) places.size()));
        Map<Row.Aggregate, Effect> last = new HashMap<>();
        Set<UUID> seen = new HashSet<>();
        for (Effect effect : match.inbox().effects()) {
            if (places.containsKey(effect.event()) && seen.add(effect.event())) {
                @Nullable Effect before = last.put(effect.aggregate(), effect);
                if (before != null && place(places, effect) < place(places, before)) {
                    verdict.add(
                            FindingKind.EFFECT_DISORDER,
                            effect.aggregate() + ": number " + effect.number() + " (" + effect.event() + ") after "
                                    + before.number() + " at turn " + effect.turn());
                }
            }
        }
    }

    private static long place(Map<UUID, Long> places, Effect effect) {
        return places.getOrDefault(effect.event(), -1L);
    }
}
