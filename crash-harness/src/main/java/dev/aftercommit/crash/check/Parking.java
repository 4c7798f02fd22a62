package dev.aftercommit.crash.check;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the relay holds back, and what an operator did.
 *
 * @param parked what waits, each aggregate's in the order of its queue
 * @param discarded what the relay's journal calls discarded
 * @param late what was parked at a position of a heal: nobody knows its place among the others of its aggregate
 * @param epochs why each epoch began, by its number as positions have it
 * @param givenUp what an operator wanted to be discarded
 * @param narrowest the smallest message size that the stream was limited to; empty when it never was
 * @param settled whether all limits are gone and an operator has had everything retried or discarded
 */
public record Parking(
        List<UUID> parked,
        Set<UUID> discarded,
        Set<UUID> late,
        Map<String, String> epochs,
        Set<UUID> givenUp,
        Optional<Integer> narrowest,
        boolean settled) {
    public Parking {
        parked = List.copyOf(parked);
        discarded = Set.copyOf(discarded);
        late = Set.copyOf(late);
        epochs = Map.copyOf(epochs);
        givenUp = Set.copyOf(givenUp);
    }

    /** What is not to be in the stream. */
    Set<UUID> heldBack() {
        Set<UUID> heldBack = new HashSet<>(discarded);
        heldBack.addAll(parked);
        return heldBack;
    }
}
