package dev.aftercommit.testkit.internal.fuzz;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** How events reach the handlers. Immutable. */
record Schedule(List<Batch> batches) {
    Schedule {
        batches = List.copyOf(batches);
    }

    /** One by one, with nothing that goes wrong. */
    static Schedule inOrder(List<Integer> events) {
        return new Schedule(events.stream().map(Batch::of).toList());
    }

    static Schedule inOrder(int count) {
        return inOrder(IntStream.range(0, count).boxed().toList());
    }

    /** In the order in which they come. */
    List<Integer> events() {
        return batches.stream().flatMap(batch -> batch.events().stream()).toList();
    }

    /** A line for each batch. */
    String describe(IntFunction<String> name) {
        StringBuilder text = new StringBuilder();
        for (Batch batch : batches) {
            text.append("\n  ")
                    .append(String.join(
                            " + ", batch.events().stream().map(name::apply).toList()));
            if (batch.fault() != Fault.NONE) {
                text.append("   <- ").append(batch.fault().words());
            }
            if (batch.again()) {
                text.append("   (the last one stored twice)");
            }
        }
        return text.toString();
    }
}
