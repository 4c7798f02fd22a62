package dev.aftercommit.relay.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StreamState.Extent;
import dev.aftercommit.relay.publish.StreamState.Labels;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.routing.OutboundMessage;
import dev.aftercommit.relay.source.OutboxChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventStream} and its {@link Publisher}s do, the simulated ones and those of JetStream: the simulation
 * is worth what they have in common.
 */
public abstract class EventStreamContract {
    private static final AtomicInteger SOURCES = new AtomicInteger();

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Servers drop what exceeds it for one stream. */
    private static final int SERVERS_WINDOW = 10_000;

    /** Each test's own: what a test has sent may reach the server after its end. */
    protected final String source = "bank-" + SOURCES.incrementAndGet();

    private final EventRouter router = new EventRouter(source, 8);

    /** A stream that has not been made, the same at each call. */
    protected abstract EventStream stream();

    /** The same stream, by another connection, the same at each call. */
    protected abstract EventStream another();

    /** Commits an event behind all that are committed. */
    protected abstract OutboxChange commit();

    /** One that does not fit into the stream. */
    protected abstract OutboxChange commitTooLarge();

    /** One that the stream refuses for its own sake from now on, which those publishers that are there do not know. */
    protected abstract OutboxChange commitRefused();

    /** Somebody deletes a message. */
    protected abstract void remove(long sequence);

    /** Somebody purges everything before a sequence. */
    protected abstract void purge(long before);

    /** From now on nothing that is on its way by the connection of {@link #stream} arrives. */
    protected abstract void hold();

    /** Lets everything arrive that is held. */
    protected abstract void release();

    /** Ends the connection of {@link #stream}. */
    protected abstract void disconnect();

    @Test
    void aStreamThatIsNotThereHoldsNothing() throws InterruptedException {
        assertThat(stream().look()).isNull();
        assertThat(stream().message(1)).isNull();
        assertThat(stream().last()).isNull();
        assertThat(read(1, 10)).isEmpty();
    }

    @Test
    void aStreamThatIsNotThereIsNeitherLabelledNorDeleted() {
        stream().label(UUID.randomUUID(), UUID.randomUUID());
        stream().delete();
        assertThat(stream().look()).isNull();
    }

    @Test
    void aNewStreamIsEmptyAndOfNoHistory() {
        stream().make(null);
        StreamState made = look();
        assertThat(made.extent()).isEqualTo(new Extent(1, 0, 0));
        assertThat(made.extent().holes()).isZero();
        assertThat(made.labels().history()).isNull();
        assertThat(made.labels().branch()).isNull();
        assertThat(made.labels().partitions()).isPositive();
        assertThat(made.shape().dropsOld()).isFalse();
        assertThat(made.shape().inMemory()).isFalse();
        assertThat(stream().last()).isNull();
        assertThat(stream().message(1)).isNull();
    }

    @Test
    void labelsAreThoseThatWereWrittenLast() {
        stream().make(null);
        UUID history = UUID.randomUUID();
        UUID branch = UUID.randomUUID();
        int partitions = look().labels().partitions();
        stream().label(UUID.randomUUID(), UUID.randomUUID());
        stream().label(history, branch);
        stream().label(history, branch);
        assertThat(look().labels()).isEqualTo(new Labels(partitions, history, branch));
        assertThat(another().look()).isEqualTo(look());
    }

    @Test
    void aStreamIsMadeAgainAsItWas() throws InterruptedException {
        stream().make(null);
        stream().label(UUID.randomUUID(), UUID.randomUUID());
        StreamState before = look();
        store(commit(), commit());
        stream().delete();
        assertThat(stream().look()).isNull();
        assertThat(stream().last()).isNull();
        stream().make(before.shape().config());
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void whatIsThereIsNotMadeAgain() throws InterruptedException {
        stream().make(null);
        String unlabelled = look().shape().config();
        stream().label(UUID.randomUUID(), UUID.randomUUID());
        store(commit());
        StreamState before = look();
        another().make(null);
        another().make(unlabelled);
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void whatIsAcknowledgedIsSeenByEverybodyInTheOrderInWhichItWasSent() throws InterruptedException {
        stream().make(null);
        OutboxChange[] changes = {commit(), commit(), commit()};
        try (Publisher publisher = stream().publisher(look())) {
            assertThat(publisher.published()).isZero();
            assertThat(publisher.settle(PATIENCE)).isTrue();
            publish(publisher, changes);
            assertThat(publisher.published()).isEqualTo(3);
            assertThat(publisher.acknowledged()).isEqualTo(3);
            assertThat(publisher.failure()).isNull();
            assertThat(publisher.refused()).isNull();
        }
        assertThat(look().extent()).isEqualTo(new Extent(1, 3, 3));
        assertThat(another().message(2)).isEqualTo(stored(2, changes[1]));
        assertThat(another().last()).isEqualTo(stored(3, changes[2]));
        assertThat(another().message(4)).isNull();
        assertThat(read(1, 3)).containsExactly(stored(1, changes[0]), stored(2, changes[1]), stored(3, changes[2]));
    }

    @Test
    void whatIsRemovedLeavesAHoleUnlessItWasTheFirst() throws InterruptedException {
        stream().make(null);
        store(commit(), commit(), commit(), commit());
        remove(2);
        assertThat(look().extent()).isEqualTo(new Extent(1, 4, 3));
        assertThat(look().extent().holes()).isEqualTo(1);
        assertThat(stream().message(2)).isNull();
        remove(1);
        assertThat(look().extent()).isEqualTo(new Extent(3, 4, 2));
        assertThat(look().extent().holes()).isZero();
    }

    @Test
    void theLastSequenceStaysWhenTheLastMessageIsRemoved() throws InterruptedException {
        stream().make(null);
        OutboxChange kept = commit();
        store(kept, commit());
        remove(2);
        assertThat(look().extent()).isEqualTo(new Extent(1, 2, 1));
        assertThat(stream().last()).isEqualTo(stored(1, kept));
        remove(1);
        assertThat(look().extent()).isEqualTo(new Extent(3, 2, 0));
        assertThat(look().extent().holes()).isZero();
        assertThat(stream().last()).isNull();
        OutboxChange next = commit();
        store(next);
        assertThat(stream().last()).isEqualTo(stored(3, next));
        assertThat(look().extent()).isEqualTo(new Extent(3, 3, 1));
    }

    @Test
    void aPurgedStreamGoesOnBehindItsLastSequence() throws InterruptedException {
        stream().make(null);
        OutboxChange[] changes = {commit(), commit(), commit()};
        store(changes);
        purge(3);
        assertThat(look().extent()).isEqualTo(new Extent(3, 3, 1));
        assertThat(stream().message(2)).isNull();
        assertThat(stream().message(3)).isEqualTo(stored(3, changes[2]));
        purge(4);
        assertThat(look().extent()).isEqualTo(new Extent(4, 3, 0));
        assertThat(stream().last()).isNull();
        assertThat(read(1, 10)).isEmpty();
        OutboxChange next = commit();
        store(next);
        assertThat(stream().last()).isEqualTo(stored(4, next));
    }

    @Test
    void readingLeavesOutWhatIsNotThere() throws InterruptedException {
        stream().make(null);
        List<OutboxChange> changes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            changes.add(commit());
        }
        store(changes.toArray(OutboxChange[]::new));
        for (long removed : new long[] {3, 4, 12}) {
            remove(removed);
        }
        assertThat(read(2, 100)).extracting(StoredMessage::sequence).containsExactly(2L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
        assertThat(read(5, 7))
                .containsExactly(stored(5, changes.get(4)), stored(6, changes.get(5)), stored(7, changes.get(6)));
        assertThat(read(2, 4)).containsExactly(stored(2, changes.get(1)));
        assertThat(read(3, 4)).isEmpty();
        assertThat(read(12, 20)).isEmpty();
        assertThat(read(7, 6)).isEmpty();
    }

    @Test
    void whoeverWritesFirstFencesTheOther() throws InterruptedException {
        stream().make(null);
        try (Publisher first = stream().publisher(look());
                Publisher second = another().publisher(look())) {
            publish(first, commit(), commit());
            publish(second, commit());
            requireFailed(second, ErrorCode.FENCED);
            assertThat(second.acknowledged()).isZero();
            assertThat(second.published()).isEqualTo(1);
            assertThat(second.refused()).isNull();
            assertThat(second.awaitCapacity(Duration.ZERO)).isFalse();
            publish(first, commit());
            assertThat(first.acknowledged()).isEqualTo(3);
            assertThat(first.failure()).isNull();
        }
        assertThat(look().extent()).isEqualTo(new Extent(1, 3, 3));
    }

    /** A stream looks at the sequence alone: not at what is stored there. */
    @Test
    void whatIsSentBehindAFencedMessageIsStoredWhereItsOwnPlaceIsFree() throws InterruptedException {
        stream().make(null);
        OutboxChange[] changes = {commit(), commit(), commit()};
        try (Publisher leader = stream().publisher(look());
                Publisher former = another().publisher(look())) {
            publish(leader, changes[0]);
            former.publish(message(changes[1]));
            former.publish(message(changes[2]));
            requireSettled(former);
            requireFailed(former, ErrorCode.FENCED);
            assertThat(former.acknowledged()).isZero();
            assertThat(read(1, 10)).containsExactly(stored(1, changes[0]), stored(2, changes[2]));
            publish(leader, commit());
            requireFailed(leader, ErrorCode.FENCED);
            assertThat(leader.acknowledged()).isEqualTo(1);
        }
    }

    @Test
    void ofTwoThatPublishAtOnceEachMessageIsAtItsOwnPlaceOrNowhere() throws InterruptedException {
        stream().make(null);
        List<OutboxChange> ofFirst = new ArrayList<>();
        List<OutboxChange> ofSecond = new ArrayList<>();
        try (Publisher first = stream().publisher(look());
                Publisher second = another().publisher(look())) {
            while (first.failure() == null && second.failure() == null) {
                ofFirst.add(commit());
                ofSecond.add(commit());
                sendIfThereIsRoom(first, ofFirst.getLast());
                sendIfThereIsRoom(second, ofSecond.getLast());
            }
            requireSettled(first);
            requireSettled(second);
            List<StoredMessage> found = read(1, Long.MAX_VALUE);
            assertThat(look().extent()).isEqualTo(new Extent(1, found.size(), found.size()));
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).isIn(stored(i + 1, ofFirst.get(i)), stored(i + 1, ofSecond.get(i)));
            }
            requireAcknowledgedAreIn(found, first, ofFirst);
            requireAcknowledgedAreIn(found, second, ofSecond);
        }
    }

    private void sendIfThereIsRoom(Publisher publisher, OutboxChange change) throws InterruptedException {
        if (publisher.awaitCapacity(PATIENCE)) {
            publisher.publish(message(change));
        }
    }

    private static void requireAcknowledgedAreIn(
            List<StoredMessage> found, Publisher publisher, List<OutboxChange> changes) {
        for (int i = 0; i < publisher.acknowledged(); i++) {
            assertThat(found.get(i)).isEqualTo(stored(i + 1, changes.get(i)));
        }
    }

    /** A server alone looks at the place first and a cluster at the id, so that only the one fences the repetition. */
    @Test
    void whatIsAtItsPlaceAlreadyIsNotStoredAgain() throws InterruptedException {
        stream().make(null);
        OutboxChange change = commit();
        OutboxChange next = commit();
        try (Publisher first = stream().publisher(look());
                Publisher second = another().publisher(look())) {
            publish(first, change);
            publish(second, change);
            if (second.failure() == null) {
                assertThat(second.acknowledged()).isEqualTo(1);
                publish(second, next);
                assertThat(second.acknowledged()).isEqualTo(2);
                assertThat(read(1, 10)).containsExactly(stored(1, change), stored(2, next));
            } else {
                requireFailed(second, ErrorCode.FENCED);
                assertThat(second.acknowledged()).isZero();
                assertThat(read(1, 10)).containsExactly(stored(1, change));
            }
        }
    }

    @Test
    void whatIsAtAnotherPlaceIsNotStoredAgain() throws InterruptedException {
        stream().make(null);
        OutboxChange change = commit();
        store(change, commit());
        try (Publisher publisher = stream().publisher(look())) {
            publish(publisher, change);
            requireFailed(publisher, ErrorCode.FENCED);
            assertThat(publisher.acknowledged()).isZero();
        }
        assertThat(look().extent()).isEqualTo(new Extent(1, 2, 2));
    }

    @Test
    void whatWasRemovedIsStoredAgainOnlyUnderAnotherId() throws InterruptedException {
        stream().make(null);
        OutboxChange change = commit();
        store(change);
        remove(1);
        try (Publisher publisher = stream().publisher(look())) {
            publish(publisher, change);
            requireFailed(publisher, ErrorCode.FENCED);
        }
        assertThat(stream().last()).isNull();
        try (Publisher publisher = stream().publisher(look())) {
            publisher.publish(message(change, "~1"));
            requireSettled(publisher);
            assertThat(publisher.acknowledged()).isEqualTo(1);
        }
        assertThat(stream().last()).isEqualTo(stored(2, change));
    }

    @Test
    void whatWasFencedIsStoredByTheNext() throws InterruptedException {
        stream().make(null);
        StreamState empty = look();
        store(commit());
        OutboxChange change = commit();
        try (Publisher late = another().publisher(empty)) {
            publish(late, change);
            requireFailed(late, ErrorCode.FENCED);
        }
        store(change);
        assertThat(stream().last()).isEqualTo(stored(2, change));
    }

    @Test
    void whatIsTooLargeIsKnownBeforeItIsSent() {
        stream().make(null);
        try (Publisher publisher = stream().publisher(look())) {
            assertThat(publisher.unfit(message(commit()))).isNull();
            assertThat(publisher.unfit(message(commitTooLarge()))).isNotBlank();
        }
    }

    @Test
    void ofWhatIsRefusedForItsOwnSakeTheEventIsNamedAndNothingIsStoredBehindIt() throws InterruptedException {
        stream().make(null);
        OutboxChange fine = commit();
        StreamState before = look();
        try (Publisher publisher = stream().publisher(before)) {
            OutboxChange refused = commitRefused();
            assertThat(publisher.unfit(message(refused))).isNull();
            publisher.publish(message(fine));
            publisher.publish(message(refused));
            publisher.publish(message(commit()));
            requireSettled(publisher);
            requireFailed(publisher, ErrorCode.STREAM_MISMATCH);
            assertThat(publisher.acknowledged()).isEqualTo(1);
            Publisher.Refused its = Objects.requireNonNull(publisher.refused());
            assertThat(its.event()).isEqualTo(id(refused));
            assertThat(its.reason()).isNotBlank();
        }
        OutboxChange next = commit();
        store(next);
        assertThat(read(1, 10)).containsExactly(stored(1, fine), stored(2, next));
    }

    @Test
    void whatIsSentToAStreamThatIsGoneIsAnsweredAndNotStored() throws InterruptedException {
        stream().make(null);
        OutboxChange change = commit();
        try (Publisher publisher = stream().publisher(look())) {
            another().delete();
            publish(publisher, change);
            requireFailed(publisher, ErrorCode.BROKER_UNAVAILABLE);
            assertThat(publisher.acknowledged()).isZero();
            assertThat(publisher.refused()).isNull();
        }
        stream().make(null);
        store(change);
        assertThat(stream().last()).isEqualTo(stored(1, change));
    }

    @Test
    void whoeverPublishedToAStreamThatIsGoneIsFencedFromTheNext() throws InterruptedException {
        stream().make(null);
        OutboxChange change = commit();
        try (Publisher publisher = stream().publisher(look())) {
            publish(publisher, change);
            another().delete();
            another().make(null);
            publish(publisher, commit());
            requireFailed(publisher, ErrorCode.FENCED);
            assertThat(publisher.acknowledged()).isEqualTo(1);
        }
        assertThat(look().extent()).isEqualTo(new Extent(1, 0, 0));
        store(change);
        assertThat(stream().last()).isEqualTo(stored(1, change));
    }

    @Test
    void thereIsNoRoomForMoreThanTheWindowHoldsUntilAnswersCome() throws InterruptedException {
        stream().make(null);
        try (Publisher publisher = stream().publisher(look())) {
            hold();
            while (publisher.awaitCapacity(Duration.ZERO)) {
                publisher.publish(message(commit()));
                assertThat(publisher.published()).isLessThan(SERVERS_WINDOW);
            }
            long sent = publisher.published();
            assertThat(sent).isPositive();
            assertThat(publisher.settle(Duration.ofMillis(20))).isFalse();
            assertThat(publisher.acknowledged()).isZero();
            release();
            assertThat(publisher.awaitCapacity(PATIENCE)).isTrue();
            requireSettled(publisher);
            assertThat(publisher.acknowledged()).isEqualTo(sent);
            assertThat(publisher.failure()).isNull();
            assertThat(look().extent()).isEqualTo(new Extent(1, sent, sent));
        }
    }

    @Test
    void whatWasSentIsStoredThoughThePublisherIsClosed() throws InterruptedException {
        stream().make(null);
        OutboxChange change = commit();
        Publisher publisher = stream().publisher(look());
        publisher.publish(message(change));
        publisher.close();
        publisher.close();
        await().pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() -> stream().last() != null);
        OutboxChange next = commit();
        store(next);
        assertThat(read(1, 10)).containsExactly(stored(1, change), stored(2, next));
    }

    @Test
    void whoeverHasLostTheConnectionIsToldSoByEveryCall() throws InterruptedException {
        stream().make(null);
        StreamState before = look();
        try (Publisher publisher = stream().publisher(before)) {
            hold();
            publisher.publish(message(commit()));
            disconnect();
            assertThat(publisher.settle(PATIENCE)).isFalse();
            requireFailed(publisher, ErrorCode.BROKER_UNAVAILABLE);
            assertThat(publisher.acknowledged()).isZero();
            assertThat(publisher.awaitCapacity(Duration.ZERO)).isFalse();
            publisher.publish(message(commit()));
            assertThat(publisher.published()).isEqualTo(2);
        }
        requireUnavailable(() -> stream().look());
        requireUnavailable(() -> stream().make(null));
        requireUnavailable(() -> stream().delete());
        requireUnavailable(() -> stream().label(UUID.randomUUID(), UUID.randomUUID()));
        requireUnavailable(() -> stream().message(1));
        requireUnavailable(() -> stream().last());
        requireUnavailable(() -> stream().read(1, 2, batch -> {}));
        requireUnavailable(() -> stream().publisher(before));
    }

    private StreamState look() {
        return Objects.requireNonNull(stream().look());
    }

    private void store(OutboxChange... changes) throws InterruptedException {
        try (Publisher publisher = stream().publisher(look())) {
            publish(publisher, changes);
            assertThat(publisher.acknowledged()).isEqualTo(changes.length);
        }
    }

    private void publish(Publisher publisher, OutboxChange... changes) throws InterruptedException {
        for (OutboxChange change : changes) {
            assertThat(publisher.awaitCapacity(PATIENCE)).isTrue();
            publisher.publish(message(change));
        }
        requireSettled(publisher);
    }

    private static void requireSettled(Publisher publisher) throws InterruptedException {
        assertThat(publisher.settle(PATIENCE)).isTrue();
    }

    private List<StoredMessage> read(long from, long to) throws InterruptedException {
        List<StoredMessage> read = new ArrayList<>();
        stream().read(from, to, batch -> {
            assertThat(batch).isNotEmpty();
            read.addAll(batch);
        });
        return read;
    }

    private OutboundMessage message(OutboxChange change) {
        return message(change, "");
    }

    private OutboundMessage message(OutboxChange change, String attempt) {
        return router.route(change, position(change), attempt);
    }

    private static StoredMessage stored(long sequence, OutboxChange change) {
        return new StoredMessage(sequence, id(change), position(change), change.time());
    }

    private static OutboxPosition position(OutboxChange change) {
        return new OutboxPosition(1, change.transactionLsn(), change.ordinal());
    }

    private static UUID id(OutboxChange change) {
        return UUID.fromString(change.row().id());
    }

    private static void requireFailed(Publisher publisher, ErrorCode code) {
        assertThat(publisher.failure())
                .isNotNull()
                .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    private static void requireUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AftercommitException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.BROKER_UNAVAILABLE));
    }
}
