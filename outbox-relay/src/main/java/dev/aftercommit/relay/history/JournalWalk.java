package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.StreamEnd;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Walks the journal beside messages of the stream, which have the same order: says which of them it holds, and which events
 * it holds that the stream lacks.
 *
 * <p>Two things say of an event that it is owed: it has its place behind the noted end, or it was journaled since that end
 * was noted. Where the message at the end was removed its place may be unknown; then what has its place before the first
 * message is taken for removed, too, but for what was journaled since: a database that has gone back commits at places
 * that the stream has passed long ago.
 */
final class JournalWalk {
    private static final int ROWS = 16;

    private final Ledger ledger;
    private final StreamEnd end;
    private final long newest;
    private final Deque<JournalRow> rows = new ArrayDeque<>();
    private final List<Missed> missed = new ArrayList<>();
    private @Nullable OutboxPosition behind;
    private @Nullable OutboxPosition reaching;
    private long since = Long.MAX_VALUE;
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
        if (behind == null && end.sequence() > 0) {
            beginWithoutTheEnd(firstMessage);
        } else {
            behind = behind == null ? ledger.lastDropped() : behind;
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
            reaching = firstMessage;
            since = firstSinceTheEnd();
            long reached = ledger.firstEntryReaching(firstMessage);
            first = reached == 0 ? since : Math.min(since, reached);
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

    /** The first entry whose events were owed when the end was noted, or later: all but those that the end is one of. */
    private long firstSinceTheEnd() {
        long entry = newest + 1;
        while (true) {
            List<JournalRow> older = ledger.rowsBefore(entry, ROWS);
            for (JournalRow row : older) {
                if (!row.mark().end().equals(end) || row.events().ids().contains(end.event())) {
                    return entry;
                }
                entry = row.entry();
            }
            if (older.isEmpty()) {
                return entry;
            }
        }
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
                if (!found && isOwed(row)) {
                    missed.add(new Missed(row.events().id(index), row.events().time(index), row.entry()));
                }
                index++;
                if (found) {
                    boolean counts = isLast(message.eventId(), row.entry());
                    overtaken |= !counts;
                    return counts;
                }
            }
            endRow();
        }
        return false;
    }

    private void endRow() {
        rows.removeFirst();
        index = 0;
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

    private boolean isOwed(JournalRow row) {
        if (row.kind() != JournalRow.Kind.PUBLISHED || row.epoch() == 0) {
            return false;
        }
        OutboxPosition position = row.position(index);
        boolean isBehind = (behind == null || position.compareTo(behind) > 0)
                && (reaching == null || position.compareTo(reaching) >= 0);
        return isBehind || row.entry() >= since;
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
     * How many events the journal has before the last message and the stream has not, once what was found in the stream is
     * journaled: a database that has gone back to a time when they were owed does not know that they were parked since.
     */
    int missed() {
        lastEntries = null;
        missed.removeIf(one -> !isLast(one.event(), one.entry()));
        return missed.size();
    }

    /** What was missed, and all that the journal has behind the last message. Ends the walk. */
    PackedEvents owed() {
        PackedEvents.Builder owed = new PackedEvents.Builder(Math.max(8, missed()));
        missed.forEach(one -> owed.add(one.event(), 0, 0, one.time()));
        for (JournalRow row = current(); row != null; row = current()) {
            for (; index < row.events().size(); index++) {
                if (isOwed(row) && isLast(row.events().id(index), row.entry())) {
                    owed.add(row.events().id(index), 0, 0, row.events().time(index));
                }
            }
            endRow();
        }
        return owed.build();
    }

    private boolean isLast(UUID event, long entry) {
        if (lastEntries == null) {
            lastEntries = ledger.repeated(first);
        }
        return lastEntries.getOrDefault(event, entry) == entry;
    }
}
