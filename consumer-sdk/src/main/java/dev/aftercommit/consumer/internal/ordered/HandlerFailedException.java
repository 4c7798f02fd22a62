package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.stream.Delivery;

/** Which of several events the transaction failed at; the cause says why. */
final class HandlerFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Delivery delivery;

    HandlerFailedException(Delivery delivery, Throwable cause) {
        super(cause);
        this.delivery = delivery;
    }

    Delivery delivery() {
        return delivery;
    }
}
