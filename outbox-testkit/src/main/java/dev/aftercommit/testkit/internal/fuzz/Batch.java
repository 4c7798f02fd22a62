package dev.aftercommit.testkit.internal.fuzz;

import java.util.List;

/**
 * Events that come together, so that a consumer handles them in one transaction.
 *
 * @param events by their numbers, at least one
 * @param fault of that transaction
 * @param again whether the last of them is stored a second time behind it
 */
record Batch(List<Integer> events, Fault fault, boolean again) {
    Batch {
        events = List.copyOf(events);
    }

    static Batch of(int event) {
        return new Batch(List.of(event), Fault.NONE, false);
    }

    int last() {
        return events.getLast();
    }

    Batch withoutFault() {
        return new Batch(events, Fault.NONE, again);
    }

    Batch withoutAgain() {
        return new Batch(events, fault, false);
    }

    Batch with(List<Integer> others) {
        return new Batch(others, fault, again);
    }
}
