package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.StreamEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes into the journal what the stream holds behind its noted end: the last messages before a crash, or all of them
 * where there was no journal. Those of which the database knows nothing are ghosts. They are journaled, too: a row that
 * waits for a synchronous standby is delivered by the slot, and published, before anybody can see it in the table.
 */
final class Absorption {
    private final Ledger ledger;
    private final Noted noted;
    private final String systemIdentifier;
    private final JournalWalk walk;
    private final List<UUID> ghosts = new ArrayList<>();
    private long entry;
    private JournalMark mark;
    private @Nullable StreamEnd end;

    Absorption(Ledger ledger, Past past) {
        this.ledger = ledger;
        this.noted = past.noted();
        this.systemIdentifier = past.database().systemIdentifier();
        this.walk = new JournalWalk(ledger, noted.mark().end(), noted.entry(), past.atEnd());
        this.entry = noted.entry();
        this.mark = noted.mark();
    }

    void take(List<StoredMessage> messages) {
        List<UUID> ids = messages.stream().map(StoredMessage::eventId).toList();
        Set<UUID> unknown = ledger.unknown(ids);
        List<JournalRow> rows = new ArrayList<>();
        List<StoredMessage> alike = new ArrayList<>();
        JournalRow.Kind kind = JournalRow.Kind.PUBLISHED;
        for (StoredMessage message : messages) {
            JournalRow.Kind next =
                    unknown.contains(message.eventId()) ? JournalRow.Kind.GHOST : JournalRow.Kind.PUBLISHED;
            if (next == JournalRow.Kind.GHOST) {
                ghosts.add(message.eventId());
            } else {
                reach(message.position());
            }
            if (walk.holds(message)) {
                continue;
            }
            if (!alike.isEmpty() && (next != kind || !isAlike(message, alike.getFirst()))) {
                rows.add(row(kind, alike));
                alike.clear();
            }
            kind = next;
            alike.add(message);
        }
        if (!alike.isEmpty()) {
            rows.add(row(kind, alike));
        }
        if (!rows.isEmpty()) {
            ledger.absorb(rows);
        }
        StoredMessage last = messages.getLast();
        end = new StreamEnd(last.sequence(), last.eventId());
        if (ghosts.isEmpty() && walk.isInStep()) {
            mark = mark.withEnd(end);
        }
    }

    /** Whether both are of one row: of one epoch, and both from the WAL or both from the table. */
    private static boolean isAlike(StoredMessage message, StoredMessage other) {
        boolean isFromTheWal = message.position().transactionLsn() != 0;
        return epoch(message) == epoch(other)
                && isFromTheWal == (other.position().transactionLsn() != 0);
    }

    private static int epoch(StoredMessage message) {
        return message.position().epoch();
    }

    private JournalRow row(JournalRow.Kind kind, List<StoredMessage> messages) {
        PackedEvents.Builder packed = new PackedEvents.Builder(messages.size());
        for (StoredMessage message : messages) {
            OutboxPosition position = message.position();
            packed.add(message.eventId(), position.transactionLsn(), position.ordinal(), message.time());
        }
        return new JournalRow(++entry, kind, epoch(messages.getFirst()), packed.build(), mark);
    }

    /** Also what the journal holds already may have been journaled as a ghost that had no part in the progress. */
    private void reach(OutboxPosition position) {
        boolean isOfThisCluster = noted.epochs().stream()
                .anyMatch(epoch -> epoch.number() == position.epoch()
                        && epoch.systemIdentifier().equals(systemIdentifier));
        if (isOfThisCluster && Long.compareUnsigned(position.transactionLsn(), mark.lastLsn()) > 0) {
            mark = mark.withLastLsn(position.transactionLsn());
        }
    }

    /** The newest entry of the journal. */
    long entry() {
        return entry;
    }

    /** Events that the stream has and the database has not, in the order of the stream. */
    List<UUID> ghosts() {
        return ghosts;
    }

    /** How many events the journal owes to the stream, though the stream is beyond their positions. */
    int missed() {
        return walk.missed();
    }

    /** Whether the journal had events already that belong behind some of these. */
    boolean isOvertaken() {
        return walk.isOvertaken();
    }

    /** All that the journal owes to the stream, in its order. Asked at the end. */
    PackedEvents owed() {
        return walk.owed();
    }

    /**
     * The progress with all that was read, ghosts included.
     *
     * @param lastSequence the stream's; its last messages may have been removed
     */
    JournalMark markAtEnd(long lastSequence) {
        return mark.withEnd(end == null ? new StreamEnd(lastSequence, null) : end);
    }
}
