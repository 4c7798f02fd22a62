package dev.aftercommit.relay.history;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.StreamEnd;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The suffix rule (J3): what the journal has behind the stream's end is published first, in order, with its positions,
 * from the rows of the table. One path for a crash, for a heal and for a stream that is made again.
 */
public final class OwedEvents {
    /** Rows of the table at a time: each may be a megabyte. */
    private static final int CHUNK = 128;

    private static final int JOURNAL_ROWS = 16;
    private static final Duration WAIT = Duration.ofMillis(500);
    /** Retention drops nothing that is younger. */
    private static final Duration YOUNG = Duration.ofHours(1);

    private static final Duration SETTLE = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final EventStream stream;
    private final EventRouter router;
    private final BooleanSupplier stopped;
    private final OwedProgress progress;
    private final Clock clock;

    public OwedEvents(
            Ledger ledger,
            EventStream stream,
            EventRouter router,
            BooleanSupplier stopped,
            OwedProgress progress,
            Clock clock) {
        this.ledger = ledger;
        this.stream = stream;
        this.router = router;
        this.stopped = stopped;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Publishes them and notes the stream's new end.
     *
     * @return false when the relay was told to stop before all were stored
     * @throws AftercommitException {@link ErrorCode#EVENTS_GONE} when rows that are needed are not in the table any more
     */
    public boolean publish(Past past) throws InterruptedException {
        StoredMessage last = past.last();
        OutboxPosition behind = last == null ? null : last.position();
        long entry = ledger.firstEntryBehind(behind);
        if (entry == 0) {
            return true;
        }
        long lastSequence = past.stream() == null ? 0 : past.stream().extent().last();
        progress.begin(ledger.countFrom(entry));
        try (Publisher publisher = stream.publisher(lastSequence)) {
            Run run = new Run(
                    publisher,
                    behind,
                    ledger.repeated(entry),
                    past.noted().mark().term());
            boolean complete = run.from(entry);
            boolean settled = publisher.settle(SETTLE);
            AftercommitException failure = publisher.failure();
            if (failure != null) {
                throw failure;
            }
            if (!complete || !settled || publisher.acknowledged() < publisher.published()) {
                return false;
            }
            if (run.last != null) {
                note(past.noted(), new StreamEnd(lastSequence + publisher.acknowledged(), run.last));
            }
            progress.end(publisher.acknowledged(), run.gone);
            return true;
        }
    }

    private void note(Noted noted, StreamEnd end) {
        JournalMark mark = noted.mark().withEnd(end);
        ledger.append(
                List.of(new JournalRow(noted.entry() + 1, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, mark)));
    }

    /** One pass over the journal. */
    private final class Run {
        private final Publisher publisher;
        private final @Nullable OutboxPosition behind;
        private final Map<UUID, Long> lastEntries;
        private final String attempt;
        private @Nullable UUID last;
        private long gone;

        /**
         * @param lastEntries of the events that have several: only the last counts
         */
        Run(Publisher publisher, @Nullable OutboxPosition behind, Map<UUID, Long> lastEntries, int term) {
            this.publisher = publisher;
            this.behind = behind;
            this.lastEntries = lastEntries;
            this.attempt = "~" + term;
        }

        boolean from(long first) throws InterruptedException {
            long entry = first;
            while (true) {
                List<JournalRow> rows = ledger.rowsFrom(entry, JOURNAL_ROWS);
                if (rows.isEmpty()) {
                    return true;
                }
                for (JournalRow row : rows) {
                    if (row.isOfStream() && !publish(row)) {
                        return false;
                    }
                }
                entry = rows.getLast().entry() + 1;
            }
        }

        private boolean publish(JournalRow row) throws InterruptedException {
            int size = row.events().size();
            for (int from = 0; from < size; from += CHUNK) {
                if (!publish(row, from, Math.min(size, from + CHUNK))) {
                    return false;
                }
            }
            return true;
        }

        private boolean publish(JournalRow row, int from, int to) throws InterruptedException {
            List<UUID> ids = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                ids.add(row.events().id(i));
            }
            Map<UUID, OutboxChange.Row> found = ledger.events(ids);
            for (int i = from; i < to; i++) {
                OutboxPosition position = row.position(i);
                boolean isStored = behind != null && position.compareTo(behind) <= 0;
                if (isStored || lastEntries.getOrDefault(ids.get(i - from), row.entry()) != row.entry()) {
                    continue;
                }
                OutboxChange.Row event = found.get(ids.get(i - from));
                if (event == null) {
                    if (row.kind() == JournalRow.Kind.PUBLISHED) {
                        isGone(ids.get(i - from), row.events().time(i));
                    }
                    continue;
                }
                if (!awaitCapacity()) {
                    return false;
                }
                OutboxChange change = new OutboxChange(
                        position.transactionLsn(),
                        position.ordinal(),
                        row.events().time(i),
                        event);
                publisher.publish(router.route(change, position, attempt));
                last = ids.get(i - from);
                progress.published(publisher.acknowledged());
            }
            return true;
        }

        private boolean awaitCapacity() throws InterruptedException {
            while (!publisher.awaitCapacity(WAIT)) {
                if (stopped.getAsBoolean() || publisher.failure() != null) {
                    return false;
                }
            }
            return !stopped.getAsBoolean();
        }

        /**
         * Old events that retention has dropped are no loss to a stream that begins behind them; a hole is. A young one
         * was not dropped: it waits for a synchronous standby, before which nobody can see it.
         */
        private void isGone(UUID id, Instant time) {
            gone++;
            if (behind != null || last != null || time.isAfter(clock.instant().minus(YOUNG))) {
                throw new AftercommitException(
                        ErrorCode.EVENTS_GONE,
                        "Event " + id + " of " + time + " is owed to the stream, but not in outbox.event any more: its"
                                + " partition was dropped or its row deleted, and is to be brought back from a backup;"
                                + " or its transaction waits for a synchronous standby. The relay waits for it.");
            }
        }
    }
}
