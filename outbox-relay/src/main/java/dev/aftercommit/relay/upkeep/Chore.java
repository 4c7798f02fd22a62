package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.history.Diagnosis;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Something that the leader does again and again, on the thread of the {@link Upkeep}. */
public interface Chore {
    /** How long after one time the next one comes. */
    Duration interval();

    /** Does it once; an exception ends the run of the relay. */
    Finding run();

    /** What it found. */
    sealed interface Finding {
        Finding NOTHING = new Nothing();

        /** All is well. */
        record Nothing() implements Finding {}

        /** The past has changed. */
        record Changed(Diagnosis diagnosis) implements Finding {}

        /** An event that the stream refuses for its own sake. */
        record Refused(UUID event, String reason) implements Finding {}

        /** Somebody wants parked events to be published or discarded. */
        record Requested() implements Finding {}

        /** Events that nobody has journaled. */
        record Unjournaled(List<UUID> events) implements Finding {
            public Unjournaled {
                events = List.copyOf(events);
            }
        }
    }
}
