package dev.aftercommit.relay.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.PublicationState;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.source.StreamEnd;
import dev.aftercommit.relay.source.StreamNote;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiagnosticianTest {
    private static final UUID HISTORY = UUID.randomUUID();
    private static final UUID EVENT = UUID.randomUUID();
    private static final Epoch EPOCH = new Epoch(1, UUID.randomUUID(), "cluster", 100);
    private static final DatabaseState DATABASE = new DatabaseState(
            "cluster",
            "app",
            900,
            new PublicationState(List.of(), "1/1"),
            new SlotState("pgoutput", "app", null, 500, new SlotState.Wal(0, 0, "reserved"), null, false));

    @Test
    void aStreamThatIsAsItWasNotedIsWell() {
        assertThat(diagnose(new StreamEnd(5, EVENT), 3, 5, 3, message(5))).isInstanceOf(Diagnosis.Well.class);
        assertThat(diagnose(new StreamEnd(5, null), 6, 5, 0, null)).isInstanceOf(Diagnosis.Well.class);
    }

    @Test
    void aStreamThatBeginsLaterThanItDidWasPurged() {
        assertThat(diagnose(new StreamEnd(5, EVENT), 2, 5, 3, message(5))).isInstanceOf(Diagnosis.Blocked.class);
    }

    /** All of it had been removed, and an old copy has some of it, though not its last message. */
    @Test
    void aStreamThatBeginsEarlierThanItDidWasRestored() {
        Diagnosis found = diagnose(new StreamEnd(5, null), 6, new StreamState.Extent(3, 5, 1), null, message(3));

        assertThat(found).isEqualTo(new Diagnosis.StreamRewound("it begins at sequence 3, and began at 6"));
    }

    /** Of a stream without holes. */
    private static Diagnosis diagnose(
            StreamEnd end, long notedFirst, long last, long messages, @Nullable StoredMessage newest) {
        return diagnose(end, notedFirst, new StreamState.Extent(last - messages + 1, last, messages), newest, newest);
    }

    private static Diagnosis diagnose(
            StreamEnd end,
            long notedFirst,
            StreamState.Extent extent,
            @Nullable StoredMessage atEnd,
            @Nullable StoredMessage newest) {
        JournalMark mark = JournalMark.NONE.withTerm(1).withConfirmLsn(500).withEnd(end);
        Noted noted = new Noted(
                HISTORY,
                new StreamNote("{}", notedFirst, 0L),
                "1/1",
                List.of(EPOCH),
                new JournalRow(7, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, mark));
        StreamState stream = new StreamState(
                new StreamState.Labels(16, HISTORY, EPOCH.branch()),
                extent,
                new StreamState.Shape(1, false, false, Integer.MAX_VALUE, "{}"));
        return Diagnostician.diagnose(new Past(DATABASE, noted, stream, atEnd, newest));
    }

    private static StoredMessage message(long sequence) {
        return new StoredMessage(sequence, EVENT, new OutboxPosition(1, 400, 0), Instant.EPOCH);
    }
}
