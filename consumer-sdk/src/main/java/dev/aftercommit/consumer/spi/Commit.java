package dev.aftercommit.consumer.spi;

import dev.aftercommit.contract.EventEnvelope;
import java.util.List;

/**
 * A transaction of a consumer that is committed. Immutable.
 *
 * @param partition that its events belong to
 * @param handled events that took effect, in order
 * @param parked events that are held back now: their handler failed, or they are behind one of which it did
 */
public record Commit(int partition, List<EventEnvelope> handled, List<EventEnvelope> parked) {
    public Commit {
        handled = List.copyOf(handled);
        parked = List.copyOf(parked);
    }

    /** How many events it had. */
    public int size() {
        return handled.size() + parked.size();
    }
}
