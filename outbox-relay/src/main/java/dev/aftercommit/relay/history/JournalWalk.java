package dev.aftercommit.relay.history;

import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the journal beside messages of the stream, which have the same order, and says which of them it holds. */
final class JournalWalk {
    private static final int ROWS = 16;

    private final Ledger ledger;
    private final Deque<JournalRow> rows = new ArrayDeque<>();
    private @Nullable Long entry;
    private int index;

    JournalWalk(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Whether the journal holds the event at this position. Asked in the order of the stream. */
    boolean holds(StoredMessage message) {
        if (entry == null) {
            entry = ledger.firstEntryReaching(message.position());
        }
        for (JournalRow row = current(entry); row != null; row = current(entry)) {
            while (index < row.events().size()) {
                int order = row.position(index).compareTo(message.position());
                if (order >= 0) {
                    return order == 0 && row.events().id(index).equals(message.eventId());
                }
                index++;
            }
            rows.removeFirst();
            index = 0;
        }
        return false;
    }

    private @Nullable JournalRow current(long from) {
        if (rows.isEmpty() && from > 0) {
            List<JournalRow> more = ledger.rowsFrom(from, ROWS);
            more.stream().filter(row -> row.isOfStream()).forEach(rows::add);
            entry = more.isEmpty() ? 0 : more.getLast().entry() + 1;
            if (rows.isEmpty() && !more.isEmpty()) {
                return current(entry);
            }
        }
        return rows.peekFirst();
    }
}
