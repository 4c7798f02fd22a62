package dev.aftercommit.relay.history;

import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.DroppedPartition;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.PackedEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events that the stream is owed and that are not in the table any more. A young one was not dropped: nobody can see it
 * while its transaction waits for a synchronous standby.
 *
 * @param rows of the journal, with those events alone
 * @param young how many more are missing that may still come
 */
public record GoneEvents(List<JournalRow> rows, int young) {
    /** Retention drops nothing that is younger. */
    private static final Duration YOUNG = Duration.ofHours(1);

    public GoneEvents {
        rows = List.copyOf(rows);
    }

    private static boolean mayStillCome(Instant time, Instant now, @Nullable DroppedPartition dropped) {
        return dropped == null && time.isAfter(now.minus(YOUNG));
    }

    /** All that are owed to the stream as it is. */
    public static GoneEvents find(Ledger ledger, Past past, Instant now) throws InterruptedException {
        StoredMessage last = past.last();
        OutboxPosition behind = last == null ? ledger.lastDropped() : last.position();
        OwedRows owed = new OwedRows(ledger, behind);
        Search search = new Search(ledger, owed, now, last != null);
        owed.each(search::take);
        return new GoneEvents(search.rows, search.young);
    }

    /** What the relay comes to first; null when none is gone. */
    public Diagnosis.@Nullable Blocked blocked(Ledger ledger) {
        if (rows.isEmpty()) {
            return null;
        }
        PackedEvents events = rows.getFirst().events();
        return blocked(events.id(0), events.time(0), Instant.MAX, ledger.dropped(events.id(0)));
    }

    /** What the relay says when it comes to one. */
    static Diagnosis.Blocked blocked(UUID id, Instant time, Instant now, @Nullable DroppedPartition dropped) {
        String text = "Event " + id + " of " + time + " is owed to the stream, but not in outbox.event any more: "
                + (dropped == null
                        ? "its partition was dropped or its row deleted, and is to be brought back from a backup; or its"
                                + " transaction waits for a synchronous standby."
                        : "retention has dropped " + dropped + ", which is to be brought back from a backup.")
                + " The relay waits for it.";
        List<Decision> choices = mayStillCome(time, now, dropped)
                ? List.of()
                : dropped == null
                        ? List.of(Decision.GIVE_UP_GONE)
                        : List.of(Decision.REBUILD_STREAM, Decision.GIVE_UP_GONE);
        return new Diagnosis.Blocked(ErrorCode.EVENTS_GONE, text, choices);
    }

    /** The stream lost so much of its end that what it lacks is gone in part; null when that is not so. */
    public static Diagnosis.@Nullable Blocked behindRetention(Ledger ledger, Past past, String stream) {
        StoredMessage last = past.last();
        if (last == null || ledger.withoutEntry(List.of(last.eventId()), 0).isEmpty()) {
            return null;
        }
        DroppedPartition dropped = ledger.dropped(last.eventId());
        return dropped == null
                ? null
                : new Diagnosis.Blocked(
                        ErrorCode.EVENTS_GONE,
                        "Stream " + stream + " ends with event " + last.eventId() + " of " + last.time()
                                + ", and what came behind it is not all in outbox.event any more: retention has dropped "
                                + dropped
                                + ". Bring back a newer copy of the stream; or have it made again from what is"
                                + " there, and consumers that lack something say so.",
                        List.of(Decision.REBUILD_STREAM));
    }

    /** One pass over what is owed. */
    private static final class Search {
        private final Ledger ledger;
        private final OwedRows owed;
        private final Instant now;
        private final List<JournalRow> rows = new ArrayList<>();
        /** A stream without messages begins behind what retention has dropped. */
        private boolean begun;

        private int young;

        Search(Ledger ledger, OwedRows owed, Instant now, boolean begun) {
            this.ledger = ledger;
            this.owed = owed;
            this.now = now;
            this.begun = begun;
        }

        boolean take(JournalRow row) {
            if (row.kind() == JournalRow.Kind.PUBLISHED) {
                PackedEvents gone = gone(row);
                if (!gone.isEmpty()) {
                    rows.add(new JournalRow(row.entry(), row.kind(), row.epoch(), gone, row.mark()));
                }
            }
            return true;
        }

        private PackedEvents gone(JournalRow row) {
            PackedEvents events = row.events();
            Set<UUID> unknown = ledger.unknown(events.ids());
            PackedEvents.Builder gone = new PackedEvents.Builder(8);
            for (int i = 0; i < events.size(); i++) {
                if (!owed.counts(row, i)) {
                    continue;
                }
                if (!unknown.contains(events.id(i))) {
                    begun = true;
                    continue;
                }
                DroppedPartition dropped = ledger.dropped(events.id(i));
                if (mayStillCome(events.time(i), now, dropped)) {
                    young++;
                } else if (begun || dropped == null) {
                    gone.add(events.id(i), events.lsn(i), events.ordinal(i), events.time(i));
                }
            }
            return gone.build();
        }
    }
}
