package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.StreamEnd;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Walks the journal beside messages of the stream, which have the same order: says which of them it holds, and which events
 * it holds that should have been among them.
 */
final class JournalWalk {
    private static final int ROWS = 16;

    private final Ledger ledger;
    private final StreamEnd end;
    private final long newest;
    private final Deque<JournalRow> rows = new ArrayDeque<>();
    private final List<Missed> missed = new ArrayList<>();
    private @Nullable OutboxPosition behind;
    private @Nullable OutboxPosition beginsWith;
    private long first;
    private long next;
    private boolean begun;
    private int index;
    private boolean overtaken;
    private @Nullable Map<UUID, Long> lastEntries;

    private record Missed(UUID event, Instant time, long entry) {}

    /**
     * Begins at the noted end of the stream; a stream that was made again begins behind the last event that retention has
     * dropped.
     *
     * @param newest the last entry to look at: what is journaled meanwhile is what was found in the stream
     * @param atEnd the message at the noted end; null when it is not there
     */
    JournalWalk(Ledger ledger, StreamEnd end, long newest, @Nullable StoredMessage atEnd) {
        this.ledger = ledger;
        this.end = end;
        this.newest = newest;
        this.behind = atEnd == null ? null : atEnd.position();
    }

    private void begin(OutboxPosition firstMessage) {
        begun = true;
        if (behind == null && end.sequence() == 0) {
            behind = ledger.lastDropped();
            first = ledger.firstEntryBehind(behind);
        } else if (behind == null) {
            beginWithoutTheEnd(firstMessage);
        } else {
            first = ledger.firstEntryBehind(behind);
        }
        next = first;
    }

    /** The event of the end may have been published again behind it, and others from before it, too. */
    private void beginWithoutTheEnd(OutboxPosition firstMessage) {
        OutboxPosition ofTheEnd = positionOf(end.event());
        if (ofTheEnd != null && ofTheEnd.compareTo(firstMessage) < 0) {
            behind = ofTheEnd;
            first = ledger.firstEntryBehind(behind);
        } else {
            beginsWith = firstMessage;
            first = ledger.firstEntryReaching(firstMessage);
        }
    }

    /** Where an event has its place whose message was removed; null when the journal does not say it. */
    private @Nullable OutboxPosition positionOf(@Nullable UUID event) {
        long before = event == null ? 0 : Long.MAX_VALUE;
        while (before > 0) {
            List<JournalRow> older = ledger.rowsBefore(before, ROWS);
            for (JournalRow row : older) {
                for (int i = 0; row.isOfStream() && i < row.events().size(); i++) {
                    if (row.events().id(i).equals(event)) {
                        return row.position(i);
                    }
                }
            }
            before = older.isEmpty() ? 0 : older.getLast().entry();
        }
        return null;
    }

    /**
     * Whether the journal holds the event at this position, and no later entry has held it back. Asked in the order of
     * the stream.
     */
    boolean holds(StoredMessage message) {
        if (!begun) {
            begin(message.position());
        }
        for (JournalRow row = current(); row != null; row = current()) {
            while (index < row.events().size()) {
                int order = row.position(index).compareTo(message.position());
                if (order > 0) {
                    overtaken = true;
                    return false;
                }
                boolean found = order == 0 && row.events().id(index).equals(message.eventId());
                if (!found) {
                    miss(row);
                }
                index++;
                if (found) {
                    boolean counts = isLast(message.eventId(), row.entry());
                    overtaken |= !counts;
                    return counts;
                }
            }
            rows.removeFirst();
            index = 0;
        }
        return false;
    }

    /** Whether the two agree so far; if not, the walk is only of use as a whole. */
    boolean isInStep() {
        return !overtaken && missed.isEmpty();
    }

    /**
     * Whether the journal holds something at a higher position than a message that it did not hold: a relay that had been
     * away has published it after the others were journaled.
     */
    boolean isOvertaken() {
        return overtaken;
    }

    /** Where it has begun: behind this position; null when it began with the first message, or with the journal. */
    @Nullable
    OutboxPosition behind() {
        return behind;
    }

    private void miss(JournalRow row) {
        OutboxPosition position = row.position(index);
        boolean isBehind = (behind == null || position.compareTo(behind) > 0)
                && (beginsWith == null || position.compareTo(beginsWith) >= 0);
        boolean isOwed = row.kind() == JournalRow.Kind.PUBLISHED && row.epoch() > 0;
        if (isBehind && isOwed) {
            missed.add(new Missed(row.events().id(index), row.events().time(index), row.entry()));
        }
    }

    private @Nullable JournalRow current() {
        while (rows.isEmpty() && next > 0) {
            List<JournalRow> more = ledger.rowsFrom(next, ROWS);
            more.stream()
                    .filter(row -> row.isOfStream() && row.entry() <= newest)
                    .forEach(rows::add);
            next = more.isEmpty() || more.getLast().entry() >= newest
                    ? 0
                    : more.getLast().entry() + 1;
        }
        return rows.peekFirst();
    }

    /**
     * Events that the journal has before the last message and the stream has not, once what was found in the stream is
     * journaled: a database that has gone back to a time when they were owed does not know that they were parked since.
     * Each with its time.
     */
    Map<UUID, Instant> missed() {
        lastEntries = null;
        Map<UUID, Instant> times = new LinkedHashMap<>();
        missed.stream()
                .filter(one -> isLast(one.event(), one.entry()))
                .forEach(one -> times.put(one.event(), one.time()));
        return times;
    }

    private boolean isLast(UUID event, long entry) {
        if (lastEntries == null) {
            lastEntries = ledger.repeated(first);
        }
        return lastEntries.getOrDefault(event, entry) == entry;
    }
}
