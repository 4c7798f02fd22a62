package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.stream.Delivery;
import java.util.List;

/**
 * How deliveries are handled that could not be handled together.
 *
 * @param together the first so many, which are likely to pass; none, or one and more
 * @param alone so many after those, each in a transaction of its own; at least one
 */
record BatchSplit(int together, int alone) {

    /** Those before the call that failed have passed. When nobody knows which one did, each is tried alone. */
    static BatchSplit after(Throwable failure, List<Delivery> deliveries) {
        if (failure instanceof HandlerFailedException failed) {
            int first = deliveries.indexOf(failed.deliveries().getFirst());
            int last = deliveries.indexOf(failed.deliveries().getLast());
            return new BatchSplit(first, last - first + 1);
        }
        return new BatchSplit(0, deliveries.size());
    }

    /** Others got into the way: this is nobody's fault, and fewer locks meet less. */
    static BatchSplit afterConflict() {
        return new BatchSplit(0, 1);
    }

    int size() {
        return together + alone;
    }
}
