package dev.aftercommit.crash.check;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Behind the first event of a queue all later ones of its aggregate wait, in the order of the stream: none has gone past it,
 * and nothing is parked that did not come.
 */
final class QueuesAreComplete implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        Map<Row.Aggregate, List<UUID>> owed = match.owed().entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getValue().row().aggregate(),
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        match.queues().forEach((aggregate, queue) -> {
            List<UUID> waiting = queue.stream().map(HeldEvent::event).toList();
            List<UUID> events = owed.getOrDefault(aggregate, List.of());
            int first = events.indexOf(waiting.getFirst());
            if (first < 0) {
                verdict.add(FindingKind.QUEUE_BROKEN, waiting.getFirst() + " is parked and never came");
            } else if (!waiting.equals(events.subList(first, events.size()))) {
                verdict.add(
                        FindingKind.QUEUE_BROKEN,
                        aggregate + ": behind " + waiting.getFirst() + " wait others than came after it");
            }
        });
    }
}
