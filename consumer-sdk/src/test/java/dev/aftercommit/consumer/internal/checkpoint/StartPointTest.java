package dev.aftercommit.consumer.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.consumer.internal.checkpoint.StartPoint.Evidence;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where a partition is read on, decided without a server. */
final class StartPointTest {
    private static final UUID HISTORY = new UUID(0, 1);
    private static final UUID BRANCH = new UUID(0, 2);
    private static final StreamIdentity STREAM =
            new StreamIdentity("OUTBOX_ACCOUNTS 2026-11-22T10:00:00Z 16", HISTORY, BRANCH);
    private static final StreamIdentity EARLIER =
            new StreamIdentity("OUTBOX_ACCOUNTS 2026-10-01T10:00:00Z 16", HISTORY, BRANCH);
    private static final StreamState HUNDRED = stream(STREAM, 1, 100, 0);
    private static final Evidence NOTHING = new Evidence(null, null, List.of());
    private static final Checkpoint FORTY = checkpoint(40, STREAM);

    @Test
    void aNewConsumerStartsAtTheOldestMessage() {
        assertThat(goesOnAt(null, HUNDRED, NOTHING).sequence()).isZero();
        assertThat(goesOnAt(null, stream(STREAM, 51, 100, 0), NOTHING).sequence())
                .isEqualTo(50);
    }

    @Test
    void aConsumerGoesOnAfterTheEventThatItHandledLast() {
        assertThat(goesOnAt(FORTY, HUNDRED, at(stored(40, 40)))).isEqualTo(FORTY);
    }

    @Test
    void aHandledMessageMayBeGoneAsLongAsThoseAfterItAreThere() {
        assertThat(goesOnAt(FORTY, stream(STREAM, 41, 100, 0), NOTHING)).isEqualTo(FORTY);
        assertThat(goesOnAt(FORTY, stream(STREAM, 10, 100, 1), deleted(40L))).isEqualTo(FORTY);
        assertThat(goesOnAt(checkpoint(100, STREAM), stream(STREAM, 101, 100, 0), NOTHING)
                        .sequence())
                .isEqualTo(100);
    }

    @Test
    void messagesThatAreGoneBeforeTheyWereHandledStopIt() {
        StartPoint purged = StartPoint.of(FORTY, stream(STREAM, 51, 100, 0), NOTHING);
        StartPoint deleted = StartPoint.of(FORTY, stream(STREAM, 1, 100, 3), deleted(7L, 41L, 90L));

        assertThat(purged).isEqualTo(new StartPoint.MessagesGone(FORTY, 41, 50, 10, 100));
        assertThat(deleted).isEqualTo(new StartPoint.MessagesGone(FORTY, 41, 90, 2, 100));
    }

    @Test
    void whatAnOperatorHasAcceptedAsGoneIsPassedOver() {
        Checkpoint accepting = new Checkpoint(40, STREAM, position(40), id(40), 100, 0);

        assertThat(goesOnAt(accepting, stream(STREAM, 51, 100, 1), deleted(90L)))
                .isEqualTo(accepting);
        assertThat(StartPoint.of(accepting, stream(STREAM, 51, 200, 1), deleted(101L)))
                .isInstanceOf(StartPoint.MessagesGone.class);
    }

    @Test
    void anotherHistoryIsRefusedWhateverTheStreamHolds() {
        StreamIdentity other = new StreamIdentity(STREAM.stream(), new UUID(9, 9), BRANCH);

        assertThat(StartPoint.of(FORTY, stream(other, 1, 100, 0), at(stored(40, 40))))
                .isEqualTo(new StartPoint.OtherHistory(HISTORY, new UUID(9, 9)));
    }

    @Test
    void anotherBranchIsNoErrorAndIsNoted() {
        StreamIdentity healed = new StreamIdentity(STREAM.stream(), HISTORY, new UUID(9, 9));

        assertThat(goesOnAt(FORTY, stream(healed, 1, 100, 0), at(stored(40, 40))))
                .isEqualTo(checkpoint(40, healed));
    }

    @Test
    void aRowOfAnEarlierVersionIsCompletedByTheStreamThatAgreesWithIt() {
        StreamIdentity silent = new StreamIdentity(STREAM.stream(), null, null);
        Checkpoint old = new Checkpoint(40, silent, position(40), null, 0, 0);

        assertThat(goesOnAt(old, HUNDRED, at(stored(40, 40)))).isEqualTo(FORTY);
        assertThat(goesOnAt(old, HUNDRED, at(stored(40, 12))).eventId())
                .as("it had counted on past an event that was stored twice")
                .isNull();
        assertThat(goesOnAt(FORTY, stream(silent, 1, 100, 0), at(stored(40, 40))))
                .as("a stream that says nothing takes nothing back")
                .isEqualTo(FORTY);
    }

    @Test
    void aStreamMadeAgainIsResumedWhereItHoldsTheHandledEvent() {
        Checkpoint rebased = checkpoint(40, STREAM).at(25, position(40), id(40));

        assertThat(goesOnAt(checkpoint(40, EARLIER), HUNDRED, found(25, 40))).isEqualTo(rebased);
        assertThat(goesOnAt(checkpoint(140, STREAM).at(140, position(40), id(40)), HUNDRED, found(25, 40)))
                .isEqualTo(rebased);
        assertThat(goesOnAt(FORTY, HUNDRED, new Evidence(stored(40, 55), stored(25, 40), List.of())))
                .isEqualTo(rebased);
    }

    @Test
    void whatIsMissingInAStreamMadeAgainStopsItToo() {
        assertThat(StartPoint.of(
                        checkpoint(40, EARLIER), HUNDRED, new Evidence(null, stored(25, 40), List.of(24L, 26L))))
                .isInstanceOf(StartPoint.MessagesGone.class);
    }

    @Test
    void acceptanceBelongsToTheStreamForWhichItWasGiven() {
        Checkpoint accepting = new Checkpoint(40, EARLIER, position(40), id(40), 1_000, 0);

        assertThat(goesOnAt(accepting, HUNDRED, found(25, 40)).accepted()).isZero();
    }

    @Test
    void aStreamThatEndsBeforeTheHandledEventIsWaitedFor() {
        assertThat(StartPoint.of(checkpoint(40, EARLIER), HUNDRED, NOTHING))
                .isEqualTo(new StartPoint.StreamBehind(checkpoint(40, EARLIER)));
        assertThat(StartPoint.of(checkpoint(140, STREAM), HUNDRED, NOTHING))
                .isEqualTo(new StartPoint.StreamBehind(checkpoint(140, STREAM)));
    }

    @Test
    void aStreamThatGoesOnWithoutTheHandledEventIsRefused() {
        StoredEvent later = stored(25, 41);
        StoredEvent another = new StoredEvent(25, position(40), id(1_000), Instant.EPOCH);

        assertThat(StartPoint.of(checkpoint(140, STREAM).at(140, position(40), id(40)), HUNDRED, at(null, later)))
                .isInstanceOf(StartPoint.EventUnknown.class);
        assertThat(StartPoint.of(checkpoint(40, EARLIER), HUNDRED, at(null, another)))
                .isInstanceOf(StartPoint.EventUnknown.class);
        assertThat(StartPoint.of(
                        FORTY, HUNDRED, at(new StoredEvent(40, position(40), id(1_000), Instant.EPOCH), another)))
                .isInstanceOf(StartPoint.EventUnknown.class);
    }

    @Test
    void whoHasHandledNothingStartsAnewInAStreamMadeAgain() {
        Checkpoint untouched = Checkpoint.before(8, EARLIER);

        assertThat(goesOnAt(untouched, HUNDRED, NOTHING).sequence()).isZero();
        assertThat(StartPoint.of(untouched, stream(EARLIER, 9, 100, 0), NOTHING))
                .isInstanceOf(StartPoint.MessagesGone.class);
    }

    @Test
    void aStreamWithOtherPartitionsIsRefused() {
        HUNDRED.requirePartitionsOf(List.of("OUTBOX_ACCOUNTS earlier 16"));
        assertThatThrownBy(() -> HUNDRED.requirePartitionsOf(List.of("OUTBOX_ACCOUNTS earlier 8")))
                .isInstanceOf(AftercommitException.class)
                .hasMessageContaining("recreated with other partitions");
    }

    private static Checkpoint goesOnAt(@Nullable Checkpoint checkpoint, StreamState stream, Evidence evidence) {
        StartPoint start = StartPoint.of(checkpoint, stream, evidence);
        assertThat(start).isInstanceOf(StartPoint.GoOn.class);
        return ((StartPoint.GoOn) start).at();
    }

    private static StreamState stream(StreamIdentity identity, long first, long last, long deleted) {
        return new StreamState(identity, 16, first, last, deleted, false);
    }

    private static Checkpoint checkpoint(long number, StreamIdentity stream) {
        return new Checkpoint(number, stream, position(number), id(number), 0, 0);
    }

    private static StoredEvent stored(long sequence, long number) {
        return new StoredEvent(sequence, position(number), id(number), Instant.EPOCH);
    }

    private static Evidence at(StoredEvent atSequence) {
        return new Evidence(atSequence, null, List.of());
    }

    private static Evidence at(@Nullable StoredEvent atSequence, StoredEvent atPosition) {
        return new Evidence(atSequence, atPosition, List.of());
    }

    private static Evidence found(long sequence, long number) {
        return new Evidence(null, stored(sequence, number), List.of());
    }

    private static Evidence deleted(Long... sequences) {
        return new Evidence(null, null, List.of(sequences));
    }

    private static OutboxPosition position(long number) {
        return new OutboxPosition(1, number * 8, 0);
    }

    private static UUID id(long number) {
        return new UUID(1, number);
    }
}
