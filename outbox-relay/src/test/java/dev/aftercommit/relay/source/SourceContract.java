package dev.aftercommit.relay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.source.JournalRow.Kind;
import dev.aftercommit.relay.source.NewEpoch.Heal;
import dev.aftercommit.relay.source.Source.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Source} and its {@link CaptureSource}s do, the simulated ones and those of PostgreSQL: the simulation
 * is worth what they have in common.
 */
public abstract class SourceContract {
    private static final JournalMark MARK = JournalMark.NONE.withTerm(1);

    /** One that runs. */
    public interface Transaction {
        UUID insert();

        void commit();

        void rollBack();
    }

    /** Of a database in which nothing has happened, the same at each call. */
    protected abstract Source source();

    /** The same database as another relay sees it, the same at each call; opened by the first. */
    protected abstract Source another();

    protected abstract Transaction begin();

    /** Somebody makes the publication publish something else. */
    protected abstract void alterPublication();

    protected abstract void dropPublication();

    /** Ends all connections that are open. */
    protected abstract void breakConnections();

    /** Does this a moment later, while the caller waits for it. */
    protected abstract void meanwhile(Runnable work);

    protected abstract void await(BooleanSupplier condition);

    @Test
    void oneLeadsUntilItIsClosed() {
        assertThat(source().tryToLead()).isInstanceOf(Lease.Leads.class);
        assertThat(source().tryToLead()).isInstanceOf(Lease.Leads.class);
        assertThat(another().tryToLead()).isInstanceOf(Lease.AnotherLeads.class);
        source().renewLease();
        source().close();
        await(() -> another().tryToLead() instanceof Lease.Leads);
    }

    @Test
    void oneThatHasLostItsConnectionsHasLostTheLease() {
        source().tryToLead();
        breakConnections();
        requireUnavailable(source()::renewLease);
        requireUnavailable(source()::tryToLead);
        await(() -> another().tryToLead() instanceof Lease.Leads);
    }

    @Test
    void aNewDatabaseHasNoSlotAndIsTheSameForAll() {
        DatabaseState state = source().look();
        assertThat(state.slot()).isNull();
        assertThat(state.systemIdentifier()).isNotEmpty();
        assertThat(another().look().systemIdentifier()).isEqualTo(state.systemIdentifier());
    }

    @Test
    void whateverIsDoneToThePublicationIsSeenAndSetRight() {
        source().makePublication();
        PublicationState made = publication();
        assertThat(made.problems()).isEmpty();
        assertThat(publication()).isEqualTo(made);
        alterPublication();
        assertThat(publication().problems()).isNotEmpty();
        source().makePublication();
        PublicationState mended = publication();
        assertThat(mended.problems()).isEmpty();
        assertThat(mended.version()).isNotEqualTo(made.version());
        dropPublication();
        assertThat(source().look().publication()).isNull();
        source().makePublication();
        assertThat(publication().version()).isNotIn(made.version(), mended.version());
    }

    @Test
    void aSlotBeginsWhereItsEpochDoes() {
        lead();
        Noted noted = makeSlot(Epoch.Reason.FIRST_START, null);
        Epoch epoch = Objects.requireNonNull(noted.epoch());
        assertThat(slot().confirmedLsn()).isEqualTo(epoch.firstLsn());
        assertThat(slot().active()).isFalse();
        assertThat(slot().loss()).isNull();
        assertThat(noted.mark().confirmLsn()).isEqualTo(epoch.firstLsn());
        assertThat(noted.mark().lastLsn()).isLessThan(epoch.firstLsn());
        assertThat(epoch.systemIdentifier()).isEqualTo(source().look().systemIdentifier());
    }

    @Test
    void whatCommittedBeforeTheSlotIsHealedAndWhatCommitsBehindItIsDelivered() {
        UUID first = commit();
        UUID second = commit();
        lead();
        Noted noted = makeSlot(Epoch.Reason.FIRST_START, null);
        UUID third = commit();
        try (Capture capture = capture()) {
            await(() -> capture.changes.size() == 1);
            assertThat(capture.ids()).containsExactly(third);
            assertThat(capture.changes.getFirst().transactionLsn())
                    .isGreaterThanOrEqualTo(
                            Objects.requireNonNull(noted.epoch()).firstLsn());
        }
        assertThat(journaled()).containsExactly(first, second);
    }

    @Test
    void aTransactionThatRunsWhileTheSlotIsMadeIsEitherHealedOrDelivered() {
        Transaction running = begin();
        UUID event = running.insert();
        lead();
        meanwhile(running::commit);
        makeSlot(Epoch.Reason.FIRST_START, null);
        UUID last = commit();
        List<UUID> all = new ArrayList<>(journaled());
        try (Capture capture = capture()) {
            await(() -> capture.ids().contains(last));
            all.addAll(capture.ids());
        }
        assertThat(all).containsExactly(event, last);
    }

    @Test
    void aNewSlotTakesThePlaceOfTheOldOneAndHealsWhatWasNotJournaled() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        UUID passed = commit();
        Incident lost = Incident.of(Incident.Kind.SLOT_LOST, "It was lost.");
        Noted noted = makeSlot(Epoch.Reason.SLOT_MADE_ANEW, lost);
        UUID next = commit();
        try (Capture capture = capture()) {
            await(() -> !capture.changes.isEmpty());
            assertThat(capture.ids()).containsExactly(next);
        }
        assertThat(noted.epochs()).extracting(Epoch::number).containsExactly(1, 2);
        assertThat(journaled()).containsExactly(passed);
    }

    @Test
    void anEpochOfAnEarlierTermIsFenced() {
        lead();
        try (Ledger ledger = source().openLedger()) {
            ledger.append(List.of(new JournalRow(1, Kind.PUBLISHED, 0, PackedEvents.NONE, MARK.withTerm(2))));
            assertThatThrownBy(() -> makeSlot(Epoch.Reason.FIRST_START, null))
                    .isInstanceOf(AftercommitException.class)
                    .extracting(e -> ((AftercommitException) e).code())
                    .isEqualTo(ErrorCode.FENCED);
            assertThat(ledger.noted().epochs()).isEmpty();
        }
    }

    @Test
    void changesComeInTheOrderOfTheirCommits() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        Transaction late = begin();
        Transaction early = begin();
        Transaction never = begin();
        UUID third = late.insert();
        never.insert();
        UUID first = early.insert();
        UUID second = early.insert();
        early.commit();
        never.rollBack();
        UUID fourth = late.insert();
        late.commit();
        try (Capture capture = capture()) {
            await(() -> capture.changes.size() == 4);
            assertThat(capture.ids()).containsExactly(first, second, third, fourth);
            assertThat(capture.changes).extracting(OutboxChange::ordinal).containsExactly(0, 1, 0, 1);
            List<Long> lsns = capture.changes.stream()
                    .map(OutboxChange::transactionLsn)
                    .distinct()
                    .toList();
            assertThat(lsns).hasSize(2).isSorted();
            await(() -> capture.boundary > lsns.getLast());
            assertThat(capture.boundaries)
                    .isSorted()
                    .anySatisfy(between ->
                            assertThat(between).isGreaterThan(lsns.getFirst()).isLessThanOrEqualTo(lsns.getLast()));
        }
    }

    @Test
    void whatIsNotConfirmedComesAgainAtItsPlace() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        commit();
        commit();
        List<OutboxChange> changes;
        long between;
        try (Capture capture = capture()) {
            await(() -> capture.changes.size() == 2);
            changes = List.copyOf(capture.changes);
            between = capture.boundaries.stream()
                    .filter(lsn -> lsn > changes.getFirst().transactionLsn())
                    .findFirst()
                    .orElseThrow();
        }
        journal(changes);
        try (Capture again = capture()) {
            await(() -> again.changes.size() == 2);
            assertThat(again.changes).usingRecursiveComparison().isEqualTo(changes);
            again.confirmable = between;
            await(() -> again.confirmed == between);
        }
        assertThat(slot().confirmedLsn()).isEqualTo(between);
        try (Capture rest = capture()) {
            await(() -> !rest.changes.isEmpty());
            assertThat(rest.changes).usingRecursiveComparison().isEqualTo(changes.subList(1, 2));
        }
    }

    @Test
    void nothingComesWhileThereIsNoCapacity() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        commit();
        try (Capture capture = new Capture()) {
            capture.hasCapacity = false;
            capture.start();
            await(() -> capture.asked.get() > 3);
            assertThat(capture.changes).isEmpty();
            capture.hasCapacity = true;
            await(() -> !capture.changes.isEmpty());
        }
    }

    @Test
    void oneThatPausesReadsNothingMoreAndGoesOnConfirming() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        UUID before = commit();
        try (Capture capture = capture()) {
            await(() -> capture.boundary > 0 && !capture.changes.isEmpty());
            journal(capture.changes);
            capture.source.pause();
            commit();
            capture.confirmable = capture.boundary;
            await(() -> capture.confirmed == capture.confirmable);
            assertThat(capture.ids()).containsExactly(before);
        }
    }

    @Test
    void aHeartbeatIsABoundaryThoughNothingElseHappens() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        try (Capture capture = capture()) {
            long lsn = source().heartbeat();
            await(() -> capture.boundary >= lsn);
            capture.confirmable = capture.boundary;
            await(() -> capture.confirmed >= lsn);
            assertThat(capture.changes).isEmpty();
        }
    }

    @Test
    void aSlotIsReadByOne() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        try (Capture capture = capture();
                Capture late = new Capture()) {
            requireUnavailable(late::start);
            assertThat(slot().active()).isTrue();
            assertThat(capture.failures.get()).isZero();
        }
        await(() -> !slot().active());
    }

    @Test
    void aSlotThatIsNotThereIsNotMadeByReadingIt() {
        source().makePublication();
        try (Capture capture = new Capture()) {
            assertThatThrownBy(capture::start).isInstanceOf(AftercommitException.class);
        }
        assertThat(source().look().slot()).isNull();
    }

    @Test
    void theEndOfItsConnectionIsReportedOnce() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        try (Capture capture = capture()) {
            breakConnections();
            await(() -> capture.failures.get() > 0);
            capture.source.close();
            assertThat(capture.failures.get()).isEqualTo(1);
        }
    }

    @Test
    void oneThatIsClosedCallsNobody() {
        lead();
        makeSlot(Epoch.Reason.FIRST_START, null);
        Capture capture = capture();
        capture.close();
        capture.close();
        int asked = capture.asked.get();
        commit();
        await(() -> !slot().active());
        assertThat(capture.asked.get()).isEqualTo(asked);
        assertThat(capture.changes).isEmpty();
        assertThat(capture.failures.get()).isZero();
    }

    private static void requireUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(AftercommitException.class)
                .extracting(e -> ((AftercommitException) e).code())
                .isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
    }

    private void lead() {
        assertThat(source().tryToLead()).isInstanceOf(Lease.Leads.class);
        source().makePublication();
    }

    private Noted makeSlot(Epoch.Reason reason, Incident incident) {
        return source().makeSlot(
                        new NewEpoch(reason, source().look().systemIdentifier(), 0, new Heal.Unjournaled(), incident),
                        MARK,
                        waits -> {});
    }

    private PublicationState publication() {
        return Objects.requireNonNull(source().look().publication());
    }

    protected SlotState slot() {
        return Objects.requireNonNull(source().look().slot());
    }

    private UUID commit() {
        Transaction transaction = begin();
        UUID event = transaction.insert();
        transaction.commit();
        return event;
    }

    private void journal(List<OutboxChange> changes) {
        PackedEvents.Builder packed = new PackedEvents.Builder(changes.size());
        changes.forEach(change -> packed.add(id(change), change.transactionLsn(), change.ordinal(), change.time()));
        try (Ledger ledger = source().openLedger()) {
            Noted noted = ledger.noted();
            ledger.append(List.of(new JournalRow(noted.entry() + 1, Kind.PUBLISHED, 1, packed.build(), noted.mark())));
        }
    }

    private List<UUID> journaled() {
        try (Ledger ledger = source().openLedger()) {
            return ledger.rowsFrom(1, 100).stream()
                    .flatMap(row -> row.events().ids().stream())
                    .toList();
        }
    }

    private static UUID id(OutboxChange change) {
        return UUID.fromString(change.row().id());
    }

    protected Capture capture() {
        Capture capture = new Capture();
        capture.start();
        return capture;
    }

    /** Takes everything, and has nothing confirmed before a test says so. */
    protected final class Capture implements ChangeListener, AutoCloseable {
        final CaptureSource source = source().capture();
        final List<OutboxChange> changes = new CopyOnWriteArrayList<>();
        final List<Long> boundaries = new CopyOnWriteArrayList<>();
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();
        public final AtomicReference<Throwable> failure = new AtomicReference<>();
        volatile boolean hasCapacity = true;
        volatile long boundary;
        volatile long confirmable;
        volatile long confirmed;

        public Capture() {}

        public void start() {
            try {
                source.start(this);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        List<UUID> ids() {
            return changes.stream().map(SourceContract::id).toList();
        }

        @Override
        public boolean awaitCapacity() {
            asked.incrementAndGet();
            return hasCapacity;
        }

        @Override
        public void onChange(OutboxChange change) {
            changes.add(change);
        }

        @Override
        public void onBoundary(long lsn) {
            boundaries.add(lsn);
            boundary = lsn;
        }

        @Override
        public long confirmable() {
            return confirmable;
        }

        @Override
        public void onConfirmed(long lsn) {
            confirmed = lsn;
        }

        @Override
        public void onFailure(Throwable cause) {
            failures.incrementAndGet();
            failure.set(cause);
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
