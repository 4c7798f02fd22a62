package dev.aftercommit.testkit.internal.inbox;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How far the consumers of a database have come with a source.
 *
 * @param reached the checkpoints that are behind an event
 * @param held what is parked
 */
public record InboxState(List<Reached> reached, List<Held> held) {

    /**
     * A checkpoint: everything of the partition up to this position is handled or parked.
     *
     * @param partition {@value #ALL_PARTITIONS} in the one of a parallel consumer
     */
    public record Reached(String consumer, int partition, OutboxPosition position) {
        private static final int ALL_PARTITIONS = -1;

        private boolean isBehind(EventEnvelope event) {
            return (partition == ALL_PARTITIONS || partition == event.partition())
                    && position.compareTo(event.position()) >= 0;
        }
    }

    /** A parked event. */
    public record Held(String consumer, UUID event, String name, State state, int attempts, String error) {

        String describe() {
            return switch (state) {
                case WAITING -> name + " waits behind an earlier event of its aggregate (consumer " + consumer + ")";
                case RETRYING, DEAD ->
                    name + " is " + (state == State.DEAD ? "dead" : "tried again") + " after " + attempts
                            + (attempts == 1 ? " attempt" : " attempts") + " (consumer " + consumer + "): " + error;
            };
        }
    }

    /** As in the table. */
    public enum State {
        RETRYING,
        WAITING,
        DEAD
    }

    public boolean hasHandled(List<EventEnvelope> events) {
        return events.stream().allMatch(this::hasHandled);
    }

    /** Whether a checkpoint is behind each of them: they are handled or parked. */
    public boolean hasReached(List<EventEnvelope> events) {
        return events.stream().allMatch(this::hasReached);
    }

    /** Whether one of them will not be handled by itself any more. */
    public boolean isStuck(List<EventEnvelope> events) {
        return events.stream()
                .anyMatch(event -> held.stream()
                        .anyMatch(each -> each.event().equals(event.eventId()) && each.state() == State.DEAD));
    }

    /** Whether something is parked that will be tried again. */
    public boolean isRetrying() {
        return held.stream().anyMatch(each -> each.state() == State.RETRYING);
    }

    /** What is parked, a line each. */
    public List<String> describeHeld() {
        return held.stream().map(Held::describe).toList();
    }

    /** Why these are not handled. */
    public String describe(List<EventEnvelope> events) {
        List<EventEnvelope> open =
                events.stream().filter(event -> !hasHandled(event)).toList();
        String which = open.stream()
                .limit(10)
                .map(event -> "\n  " + name(event) + " at " + event.position() + " in partition " + event.partition())
                .collect(Collectors.joining());
        return open.size() + " of " + events.size() + (events.size() == 1 ? " event is" : " events are")
                + " not handled:" + which + (open.size() > 10 ? "\n  ..." : "") + "\n" + why(open);
    }

    private String why(List<EventEnvelope> open) {
        if (reached.isEmpty()) {
            return "No consumer of this database has begun to handle events of the source. Was one started, with this"
                    + " database, source and NATS, and does it have a handler for the event type?";
        }
        List<Held> theirs = held.stream()
                .filter(each -> open.stream().anyMatch(event -> event.eventId().equals(each.event())))
                .toList();
        if (!theirs.isEmpty()) {
            return theirs.stream().map(Held::describe).collect(Collectors.joining("\n"));
        }
        return "Consumers have come to: "
                + reached.stream()
                        .map(each -> each.consumer() + ", partition " + each.partition() + ": " + each.position())
                        .collect(Collectors.joining("; "))
                + ". Do they have handlers for the event types?";
    }

    private boolean hasHandled(EventEnvelope event) {
        return hasReached(event) && held.stream().noneMatch(each -> each.event().equals(event.eventId()));
    }

    private boolean hasReached(EventEnvelope event) {
        return reached.stream().anyMatch(each -> each.isBehind(event));
    }

    private static String name(EventEnvelope event) {
        return event.eventType() + " of " + event.aggregateType() + '/' + event.aggregateId();
    }
}
