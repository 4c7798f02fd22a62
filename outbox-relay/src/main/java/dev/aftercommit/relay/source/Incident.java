package dev.aftercommit.relay.source;

import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The past had changed: what was seen, and what was done about it.
 *
 * @param ghosts events that are in the stream and not in the database
 * @param detail in words
 */
public record Incident(Kind kind, List<UUID> ghosts, String detail) {
    /** A section of docs/how-to/incidents.md each. */
    public enum Kind {
        SLOT_LOST,
        SLOT_MOVED,
        PUBLICATION_TOUCHED,
        UNJOURNALED_ROWS,
        FORK,
        LATE_MESSAGES,
        STREAM_REWOUND,
        STREAM_MADE_ANEW,
        DECISION;

        /** Such as {@code slot-moved}: in the table, the log, the metric. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Incident {
        ghosts = List.copyOf(ghosts);
    }

    public static Incident of(Kind kind, String detail) {
        return new Incident(kind, List.of(), detail);
    }
}
