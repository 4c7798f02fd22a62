package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.stream.Delivery;
import java.util.List;

/** At which of several events the transaction failed: those that the handler was called with; the cause says why. */
final class HandlerFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Delivery> deliveries;

    HandlerFailedException(List<Delivery> deliveries, Throwable cause) {
        super(cause);
        this.deliveries = deliveries;
    }

    /** In the order of the stream, at least one. */
    List<Delivery> deliveries() {
        return deliveries;
    }
}
