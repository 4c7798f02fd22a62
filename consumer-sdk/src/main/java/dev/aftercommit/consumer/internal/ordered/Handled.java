package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import java.util.List;

/**
 * What a transaction has brought.
 *
 * @param to where the checkpoint is now
 * @param handled events that took effect
 * @param parked events that are held back now
 * @param skipped deliveries whose position says that they were handled before
 */
record Handled(Checkpoint to, List<Selection.Event> handled, List<Selection.Event> parked, int skipped) {
    boolean hasEvents() {
        return !handled.isEmpty() || !parked.isEmpty();
    }
}
