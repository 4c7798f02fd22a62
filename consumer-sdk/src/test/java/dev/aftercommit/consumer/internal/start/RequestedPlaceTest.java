package dev.aftercommit.consumer.internal.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.StartAt;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where a stream of the events 11 to 20, stored one a second, is begun at. */
final class RequestedPlaceTest {
    private static final StreamIdentity STREAM =
            new StreamIdentity("OUTBOX_ACCOUNTS 2026-11-24T10:00:00Z 16", null, null);

    private final NavigableMap<Long, StoredEvent> held = new TreeMap<>();

    RequestedPlaceTest() {
        LongStream.rangeClosed(11, 20).forEach(this::store);
    }

    @Test
    void nowIsBehindTheNewestEvent() {
        assertThat(before(StartAt.now())).isEqualTo(checkpoint(20, 20));
    }

    /** Its position would count as handled. */
    @Test
    void anEventThatComesWhileTheNewestIsAskedForIsNotBeforeNow() {
        held.remove(20L);
        store(21);
        assertThat(before(StartAt.now())).isEqualTo(Checkpoint.before(21, STREAM));
    }

    @Test
    void aTimeIsThatOfTheFirstEventThatWasStoredSince() {
        assertThat(before(StartAt.time(Instant.ofEpochSecond(15)))).isEqualTo(checkpoint(14, 14));
        assertThat(before(StartAt.time(Instant.ofEpochSecond(1)))).isEqualTo(Checkpoint.before(11, STREAM));
        assertThat(before(StartAt.time(Instant.ofEpochSecond(21)))).isEqualTo(checkpoint(20, 20));
    }

    @Test
    void whereTheEventBeforeIsGoneEverythingBeforeThePositionCountsAsHandled() {
        held.remove(14L);
        Checkpoint before = before(StartAt.position(position(15)));
        assertThat(before.sequence()).isEqualTo(14);
        assertThat(before.eventId()).isNull();
        assertThat(before.position()).isLessThan(position(15)).isGreaterThan(position(14));
    }

    @Test
    void aPositionBehindTheEndIsNotThereYet() {
        assertThat(RequestedPlace.of(StartAt.position(position(21)), stream(), this::nextFrom))
                .isEqualTo(new RequestedPlace.NotYet(position(21)));
    }

    private Checkpoint before(StartAt startAt) {
        return ((RequestedPlace.Found) RequestedPlace.of(startAt, stream(), this::nextFrom)).before();
    }

    private static StreamState stream() {
        return new StreamState(STREAM, 16, 11, 20, 0, false);
    }

    private static Checkpoint checkpoint(long sequence, long event) {
        return Checkpoint.before(sequence + 1, STREAM).at(sequence, position(event), new UUID(0, event));
    }

    private @Nullable StoredEvent nextFrom(long sequence) {
        Map.Entry<Long, StoredEvent> next = held.ceilingEntry(sequence);
        return next == null ? null : next.getValue();
    }

    private void store(long sequence) {
        held.put(
                sequence,
                new StoredEvent(sequence, position(sequence), new UUID(0, sequence), Instant.ofEpochSecond(sequence)));
    }

    private static OutboxPosition position(long number) {
        return new OutboxPosition(1, number * 8, 0);
    }
}
