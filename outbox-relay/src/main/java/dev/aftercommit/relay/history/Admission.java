package dev.aftercommit.relay.history;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.routing.OutboundMessage;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import dev.aftercommit.relay.source.ParkedEvent.Reason;
import dev.aftercommit.relay.source.ParkedHead;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which events go to the stream. One that the stream can never take as it is is parked, and with it what comes
 * later for its aggregate; all others go on. For one thread.
 */
public final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final int TOLD_ONE_BY_ONE = 10;

    private final EventRouter router;
    private final HeldAggregates held;
    private final Map<UUID, String> refused;
    private int told;

    /**
     * @param held the aggregates that wait, each with the event that it waits for
     * @param refused events that the stream has refused for their own sake, with its reason
     */
    public Admission(EventRouter router, Map<Aggregate, ParkedHead> held, Map<UUID, String> refused) {
        this.router = router;
        this.held = new HeldAggregates(held);
        this.refused = Map.copyOf(refused);
    }

    /** What is to be done with an event. */
    public sealed interface Decision {
        /** Publish this. */
        record Publish(OutboundMessage message) implements Decision {}

        /** Hold it back. */
        record Park(ParkedEvent event) implements Decision {}
    }

    /**
     * Decides. What was parked holds back its aggregate from then on, so it must be journaled before anything that is
     * decided later.
     *
     * @param attempt as {@link EventRouter#route} has it
     */
    public Decision decide(OutboxChange change, OutboxPosition position, String attempt, Publisher publisher) {
        UUID id = UUID.fromString(change.row().id());
        ParkedEvent behind = held.behind(change, position);
        if (behind != null) {
            return new Decision.Park(behind);
        }
        String refusal = refused.isEmpty() ? null : refused.get(id);
        if (refusal != null) {
            return parkHead(change, position, Reason.REFUSED, refusal);
        }
        try {
            OutboundMessage message = router.route(change, position, attempt);
            String unfit = publisher.unfit(message);
            return unfit == null ? new Decision.Publish(message) : parkHead(change, position, Reason.TOO_LARGE, unfit);
        } catch (AftercommitException e) {
            if (e.code() != ErrorCode.MALFORMED_MESSAGE) {
                throw e;
            }
            return parkHead(change, position, Reason.MALFORMED, withoutPeriod(String.valueOf(e.getMessage())));
        }
    }

    private static String withoutPeriod(String sentence) {
        return sentence.replaceFirst("\\.$", "");
    }

    private Decision parkHead(OutboxChange change, OutboxPosition position, Reason reason, String detail) {
        Aggregate aggregate = Aggregate.of(change.row());
        UUID id = UUID.fromString(change.row().id());
        held.add(aggregate, new ParkedHead(id, position));
        if (told < TOLD_ONE_BY_ONE) {
            LOG.warn(
                    "Event {} of {} is parked, and later ones of its aggregate with it: {}. See \"parked list\".",
                    change.row().id(),
                    aggregate,
                    detail);
        } else if (told == TOLD_ONE_BY_ONE) {
            LOG.warn("More events are parked. See \"parked list\".");
        }
        told++;
        return new Decision.Park(new ParkedEvent(id, aggregate, position, reason, detail));
    }
}
