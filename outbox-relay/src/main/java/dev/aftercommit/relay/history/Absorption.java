package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.Epoch;
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
 * where there was no journal. Those of which the database knows nothing are ghosts.
 */
final class Absorption {
    private final Ledger ledger;
    private final Noted noted;
    private final String systemIdentifier;
    private final JournalWalk walk;
    private final List<UUID> ghosts = new ArrayList<>();
    private long entry;
    private JournalMark mark;
    private @Nullable OutboxPosition lastKnown;
    private @Nullable StreamEnd end;

    Absorption(Ledger ledger, Noted noted, String systemIdentifier) {
        this.ledger = ledger;
        this.noted = noted;
        this.systemIdentifier = systemIdentifier;
        this.walk = new JournalWalk(ledger);
        this.entry = noted.entry();
        this.mark = noted.mark();
    }

    void take(List<StoredMessage> messages) {
        List<UUID> ids = messages.stream().map(StoredMessage::eventId).toList();
        Set<UUID> unknown = ledger.unknown(ids);
        List<StoredMessage> known = new ArrayList<>();
        for (StoredMessage message : messages) {
            if (unknown.contains(message.eventId())) {
                ghosts.add(message.eventId());
            } else {
                lastKnown = message.position();
                if (!walk.holds(message)) {
                    known.add(message);
                }
            }
        }
        StoredMessage last = messages.getLast();
        end = new StreamEnd(last.sequence(), last.eventId());
        append(known);
        if (ghosts.isEmpty()) {
            mark = mark.withEnd(end);
        }
    }

    private void append(List<StoredMessage> known) {
        List<JournalRow> rows = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= known.size(); i++) {
            if (i == known.size()
                    || known.get(i).position().epoch()
                            != known.get(from).position().epoch()) {
                rows.add(row(known.subList(from, i)));
                from = i;
            }
        }
        if (!rows.isEmpty()) {
            ledger.append(rows);
        }
    }

    private JournalRow row(List<StoredMessage> messages) {
        int epoch = messages.getFirst().position().epoch();
        boolean isOfThisCluster =
                noted.epochs().stream().anyMatch(known -> known.number() == epoch && isOfThisCluster(known));
        PackedEvents.Builder packed = new PackedEvents.Builder(messages.size());
        for (StoredMessage message : messages) {
            OutboxPosition position = message.position();
            packed.add(message.eventId(), position.transactionLsn(), position.ordinal(), message.time());
            if (isOfThisCluster && Long.compareUnsigned(position.transactionLsn(), mark.lastLsn()) > 0) {
                mark = mark.withLastLsn(position.transactionLsn());
            }
        }
        return new JournalRow(++entry, JournalRow.Kind.PUBLISHED, epoch, packed.build(), mark);
    }

    private boolean isOfThisCluster(Epoch epoch) {
        return epoch.systemIdentifier().equals(systemIdentifier);
    }

    /** Events that the stream has and the database has not, in the order of the stream. */
    List<UUID> ghosts() {
        return ghosts;
    }

    /** The position of the last message that the database knows; null when it knows none. */
    @Nullable
    OutboxPosition lastKnown() {
        return lastKnown;
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
