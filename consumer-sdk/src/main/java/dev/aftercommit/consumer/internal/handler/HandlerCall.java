package dev.aftercommit.consumer.internal.handler;

import java.util.List;

/**
 * One call of a handler: with one event, or with several that follow each other where it takes so many.
 *
 * @param first the place of the first among all events of the transaction, from 0
 * @param size how many there are
 */
public record HandlerCall(int first, int size) {
    HandlerCall longer() {
        return new HandlerCall(first, size + 1);
    }

    /** Its part of what belongs to all events of the transaction. */
    public <T> List<T> of(List<T> all) {
        return all.subList(first, first + size);
    }
}
