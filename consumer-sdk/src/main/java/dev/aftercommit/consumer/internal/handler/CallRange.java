package dev.aftercommit.consumer.internal.handler;

import java.util.List;

/**
 * Which events of a transaction one call of a handler is for: one, or several that follow each other where it takes so many.
 *
 * @param first the place of the first among all events of the transaction, from 0
 * @param size how many there are
 */
public record CallRange(int first, int size) {
    CallRange longer() {
        return new CallRange(first, size + 1);
    }

    /** Its part of what belongs to all events of the transaction. */
    public <T> List<T> of(List<T> all) {
        return all.subList(first, first + size);
    }
}
