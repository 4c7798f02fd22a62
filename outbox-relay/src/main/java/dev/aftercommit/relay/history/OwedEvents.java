package dev.aftercommit.relay.history;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.routing.OutboundMessage;
import dev.aftercommit.relay.source.DroppedPartition;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.StreamEnd;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The suffix rule (J3): what the journal has behind the stream's end is published first, in order, with its positions,
 * from the rows of the table. One path for a crash, for a heal and for a stream that is made again, which begins behind
 * the last event that retention has dropped: whoever reads it finds no hole.
 */
public final class OwedEvents {
    /** Rows of the table at a time: each may be a megabyte. */
    private static final int CHUNK = 128;

    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final EventStream stream;
    private final Admission admission;
    private final BooleanSupplier stopped;
    private final OwedProgress progress;
    private final Clock clock;

    public OwedEvents(
            Ledger ledger,
            EventStream stream,
            Admission admission,
            BooleanSupplier stopped,
            OwedProgress progress,
            Clock clock) {
        this.ledger = ledger;
        this.stream = stream;
        this.admission = admission;
        this.stopped = stopped;
        this.progress = progress;
        this.clock = clock;
    }

    /** How far it came. */
    public sealed interface Outcome {
        /** All are stored. */
        record Done() implements Outcome {}

        /** The relay was told to stop, or the stream did not answer in time. */
        record CutShort() implements Outcome {}

        /** The stream does not take one of them for its own sake; it is to be parked. */
        record Refused(Publisher.Refused message) implements Outcome {}
    }

    /**
     * Publishes them and notes the stream's new end. What the stream can never take is parked on the way.
     *
     * @throws AftercommitException {@link ErrorCode#EVENTS_GONE} when rows that are needed are not in the table any more
     */
    public Outcome publish(Past past) throws InterruptedException {
        StoredMessage last = past.last();
        OutboxPosition behind = last == null ? ledger.lastDropped() : last.position();
        OwedRows rows = new OwedRows(ledger, behind);
        if (rows.isEmpty()) {
            return new Outcome.Done();
        }
        StreamState now = Objects.requireNonNull(past.stream());
        progress.begin(rows.count());
        try (Publisher publisher = stream.publisher(now)) {
            Run run = new Run(publisher, rows, last == null, past.noted());
            boolean complete = rows.each(run::publish);
            boolean settled = publisher.settle(SETTLE);
            Publisher.Refused refused = publisher.refused();
            if (refused != null) {
                return new Outcome.Refused(refused);
            }
            AftercommitException failure = publisher.failure();
            if (failure != null) {
                throw failure;
            }
            if (!complete || !settled || publisher.acknowledged() < publisher.published()) {
                return new Outcome.CutShort();
            }
            run.note(now.extent().last() + publisher.acknowledged());
            progress.end(publisher.acknowledged(), run.gone);
            return new Outcome.Done();
        }
    }

    /** One pass over the journal. */
    private final class Run {
        private final Publisher publisher;
        private final OwedRows rows;
        private final boolean fromTheBeginning;
        private final JournalMark mark;
        private final String attempt;
        private long newest;
        private @Nullable UUID last;
        private long gone;

        Run(Publisher publisher, OwedRows rows, boolean fromTheBeginning, Noted noted) {
            this.publisher = publisher;
            this.rows = rows;
            this.fromTheBeginning = fromTheBeginning;
            this.mark = noted.mark();
            this.newest = noted.entry();
            this.attempt = "~" + mark.term();
        }

        boolean publish(JournalRow row) throws InterruptedException {
            int size = row.events().size();
            for (int from = 0; from < size; from += CHUNK) {
                if (!publish(row, from, Math.min(size, from + CHUNK))) {
                    return false;
                }
            }
            return true;
        }

        private boolean publish(JournalRow row, int from, int to) throws InterruptedException {
            List<OutboundMessage> messages = new ArrayList<>();
            Map<UUID, OutboxChange.Row> found = ledger.events(row.events().ids(from, to));
            Parking parking = new Parking(row);
            for (int i = from; i < to; i++) {
                if (rows.counts(row, i)) {
                    OutboxChange.Row event = found.get(row.events().id(i));
                    if (event != null) {
                        decide(row, i, event, messages, parking);
                    } else if (row.kind() == JournalRow.Kind.PUBLISHED) {
                        isGone(row.events().id(i), row.events().time(i), !messages.isEmpty());
                    }
                }
            }
            parking.write();
            return send(messages);
        }

        private void decide(
                JournalRow row, int index, OutboxChange.Row event, List<OutboundMessage> messages, Parking parking) {
            OutboxPosition position = row.position(index);
            OutboxChange change = new OutboxChange(
                    position.transactionLsn(), position.ordinal(), row.events().time(index), event);
            switch (admission.decide(change, position, attempt, publisher)) {
                case Admission.Decision.Publish publish -> messages.add(publish.message());
                case Admission.Decision.Park park -> parking.add(park.event(), change);
            }
        }

        private boolean send(List<OutboundMessage> messages) throws InterruptedException {
            for (OutboundMessage message : messages) {
                if (!awaitCapacity()) {
                    return false;
                }
                publisher.publish(message);
                last = message.eventId();
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

        /** What retention has dropped is no loss to a stream that begins behind it; a hole is, and so is any other event. */
        private void isGone(UUID id, Instant time, boolean isHole) {
            gone++;
            DroppedPartition dropped = ledger.dropped(id);
            boolean isBeforeTheBeginning = fromTheBeginning && last == null && !isHole && dropped != null;
            if (!isBeforeTheBeginning) {
                throw GoneEvents.blocked(id, time, clock.instant(), dropped).asException();
            }
        }

        void note(long lastSequence) {
            if (last != null) {
                ledger.append(List.of(new JournalRow(
                        newest + 1,
                        JournalRow.Kind.PUBLISHED,
                        0,
                        PackedEvents.NONE,
                        mark.withEnd(new StreamEnd(lastSequence, last)))));
            }
        }

        /** What is parked of one row: journaled before anything that comes behind it is sent (J6). */
        private final class Parking {
            private final int epoch;
            private final PackedEvents.Builder packed = new PackedEvents.Builder(8);
            private final List<ParkedEvent> parked = new ArrayList<>();

            Parking(JournalRow row) {
                this.epoch = row.epoch();
            }

            void add(ParkedEvent event, OutboxChange change) {
                packed.add(event.event(), change.transactionLsn(), change.ordinal(), change.time());
                parked.add(event);
            }

            void write() {
                if (!parked.isEmpty()) {
                    ledger.append(
                            List.of(new JournalRow(newest + 1, JournalRow.Kind.PARKED, epoch, packed.build(), mark)),
                            parked);
                    newest++;
                }
            }
        }
    }
}
