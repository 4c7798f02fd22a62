package dev.aftercommit.crash.check;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Effects beside the events that they are of.
 *
 * @param owed the events of the stream that have a handler, in its order
 * @param effects how many each event has
 */
record InboxMatch(
        Match stream, Inbox inbox, Handling handling, Map<UUID, Match.Published> owed, Map<UUID, Integer> effects) {
    static InboxMatch of(Evidence evidence, Inbox inbox, Handling handling) {
        Match stream = Match.of(evidence);
        Map<UUID, Match.Published> owed = new LinkedHashMap<>();
        stream.published().stream()
                .filter(published -> handling.concerns(published.row()))
                .forEach(published -> owed.put(published.row().id(), published));
        Map<UUID, Integer> effects = new HashMap<>();
        inbox.effects().forEach(effect -> effects.merge(effect.event(), 1, Integer::sum));
        return new InboxMatch(stream, inbox, handling, owed, effects);
    }

    boolean tookEffect(UUID event) {
        return effects.containsKey(event);
    }

    Set<UUID> held() {
        return inbox.held().stream().map(HeldEvent::event).collect(Collectors.toSet());
    }

    /** The held events of each aggregate that has any, in their order. */
    Map<Row.Aggregate, List<HeldEvent>> queues() {
        return inbox.held().stream()
                .collect(Collectors.groupingBy(HeldEvent::aggregate, LinkedHashMap::new, Collectors.toList()));
    }
}
