package dev.aftercommit.relay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalRow.Kind;
import dev.aftercommit.relay.source.NewEpoch.Heal;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import dev.aftercommit.relay.source.ParkedEvent.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every {@link Ledger} does, the simulated one and that of PostgreSQL: the simulation is worth what they have in common. */
public abstract class LedgerContract {
    private static final JournalMark MARK = JournalMark.NONE.withTerm(1);

    /** A transaction that has inserted an event and runs. */
    public interface Open {
        UUID event();

        void commit();
    }

    /** Of a database in which nothing has happened, the same at each call. */
    protected abstract Ledger ledger();

    protected abstract Open begin();

    /** An operator asks for something to be done with a parked event. */
    protected abstract void request(UUID event, boolean discard);

    private UUID commit() {
        Open transaction = begin();
        transaction.commit();
        return transaction.event();
    }

    @Test
    void aNewDatabaseHasNothingNoted() {
        Noted noted = ledger().noted();
        assertThat(noted.last()).isNull();
        assertThat(noted.epochs()).isEmpty();
        assertThat(noted.stream()).isNull();
        assertThat(noted.publication()).isNull();
        assertThat(ledger().firstEntryBehind(null)).isZero();
        assertThat(ledger().incidents()).isEmpty();
    }

    @Test
    void rowsComeBackInTheirOrder() {
        UUID event = UUID.randomUUID();
        JournalMark mark = MARK.withLastLsn(700).withConfirmLsn(720).withEnd(new StreamEnd(5, event));
        ledger().append(List.of(row(1, Kind.PUBLISHED, 1, 600, UUID.randomUUID())));
        ledger().append(List.of(
                row(2, Kind.GHOST, 1, 700, event), new JournalRow(3, Kind.PUBLISHED, 0, PackedEvents.NONE, mark)));
        assertThat(ledger().rowsFrom(2, 10)).extracting(JournalRow::entry).containsExactly(2L, 3L);
        assertThat(ledger().rowsBefore(3, 1)).extracting(JournalRow::entry).containsExactly(2L);
        JournalRow ghost = ledger().rowsFrom(2, 1).getFirst();
        assertThat(ghost.kind()).isEqualTo(Kind.GHOST);
        assertThat(ids(ghost)).containsExactly(event);
        assertThat(ghost.position(0)).isEqualTo(new OutboxPosition(1, 700, 0));
        assertThat(ledger().noted().mark()).isEqualTo(mark);
        assertThat(ledger().noted().entry()).isEqualTo(3);
        assertThat(ledger().countFrom(1)).isEqualTo(1);
    }

    @Test
    void anEntryThatIsTakenFencesAllOfTheRows() {
        ledger().append(List.of(row(1, Kind.PUBLISHED, 1, 600, UUID.randomUUID())));
        requireFenced(() -> ledger().append(List.of(
                row(1, Kind.PUBLISHED, 1, 600, UUID.randomUUID()), row(2, Kind.PUBLISHED, 1, 700, UUID.randomUUID()))));
        assertThat(ledger().noted().entry()).isEqualTo(1);
    }

    @Test
    void anEpochOfAnEarlierTermIsFenced() {
        commit();
        ledger().append(List.of(new JournalRow(1, Kind.PUBLISHED, 0, PackedEvents.NONE, MARK.withTerm(2))));
        requireFenced(() -> ledger().begin(epoch(new Heal.Unjournaled()), MARK));
        assertThat(ledger().noted().epochs()).isEmpty();
        assertThat(ledger().noted().entry()).isEqualTo(1);
        assertThat(ledger().incidents()).isEmpty();
    }

    @Test
    void notesOfAnEarlierTermAreFenced() {
        ledger().append(List.of(new JournalRow(1, Kind.PUBLISHED, 0, PackedEvents.NONE, MARK.withTerm(2))));
        requireFenced(() -> ledger().noteStream(new StreamNote("{}", 1L, 0L), 1));
        requireFenced(() -> ledger().notePublication("1/1", 1));
        assertThat(ledger().noted().stream()).isNull();
        assertThat(ledger().noted().publication()).isNull();
        ledger().noteStream(new StreamNote("{}", 1L, null), 2);
        ledger().notePublication("1/1", 2);
        assertThat(ledger().noted().stream()).isEqualTo(new StreamNote("{}", 1L, null));
        assertThat(ledger().noted().publication()).isEqualTo("1/1");
    }

    @Test
    void anEpochHealsWhatHasNoEntryInTheOrderOfTheInserts() {
        UUID published = commit();
        UUID ghost = commit();
        UUID first = commit();
        UUID second = commit();
        begin();
        ledger().append(List.of(row(1, Kind.PUBLISHED, 1, 600, published), row(2, Kind.GHOST, 1, 700, ghost)));
        Noted noted = ledger().begin(epoch(new Heal.Unjournaled()), MARK);
        assertThat(noted.epochs()).extracting(Epoch::number).containsExactly(1);
        assertThat(noted.mark()).isEqualTo(MARK);
        JournalRow healed = ledger().rowsFrom(3, 1).getFirst();
        assertThat(ids(healed)).containsExactly(first, second);
        assertThat(healed.position(1)).isEqualTo(new OutboxPosition(1, 0, 1));
        assertThat(ledger().incidents()).isEqualTo(Map.of("slot-lost", 1L));
    }

    @Test
    void anEpochHealsTheseInTheirOrderIfTheyAreInTheTable() {
        UUID first = commit();
        UUID second = commit();
        ledger().begin(epoch(new Heal.These(List.of(second, UUID.randomUUID(), first))), MARK);
        assertThat(ids(ledger().rowsFrom(1, 1).getFirst())).containsExactly(second, first);
    }

    @Test
    void anEpochPlacesEventsOfTheJournalAgainThoughTheyCannotBeSeen() {
        UUID seen = commit();
        UUID unseen = UUID.randomUUID();
        Instant time = Instant.parse("2026-01-01T00:00:00.123456Z");
        PackedEvents.Builder events = new PackedEvents.Builder(2);
        events.add(unseen, 700, 3, time);
        events.add(seen, 800, 0, time);
        ledger().append(List.of(row(1, Kind.PUBLISHED, 1, 700, unseen), row(2, Kind.PUBLISHED, 1, 800, seen)));
        Noted noted = ledger().begin(epoch(new Heal.Again(events.build())), MARK);
        JournalRow again = ledger().rowsFrom(3, 1).getFirst();
        assertThat(ids(again)).containsExactly(unseen, seen);
        assertThat(again.position(0)).isEqualTo(new OutboxPosition(1, 0, 0));
        assertThat(again.position(1)).isEqualTo(new OutboxPosition(1, 0, 1));
        assertThat(again.events().time(0)).isEqualTo(time);
        assertThat(noted.entry()).isEqualTo(4);
        assertThat(ledger().repeated(1)).isEqualTo(Map.of(seen, 3L, unseen, 3L));
    }

    @Test
    void whatIsBehindAPositionIsFoundThoughTheNewestRowIsNot() {
        ledger().append(List.of(
                row(1, Kind.PUBLISHED, 1, 600, UUID.randomUUID()),
                row(2, Kind.PUBLISHED, 2, 0, UUID.randomUUID()),
                row(3, Kind.PUBLISHED, 1, 700, UUID.randomUUID())));
        assertThat(ledger().firstEntryBehind(null)).isEqualTo(1);
        assertThat(ledger().firstEntryBehind(new OutboxPosition(1, 700, 0))).isEqualTo(2);
        assertThat(ledger().firstEntryReaching(new OutboxPosition(1, 700, 0))).isEqualTo(2);
        assertThat(ledger().firstEntryReaching(new OutboxPosition(1, 600, 0))).isEqualTo(1);
        assertThat(ledger().firstEntryBehind(new OutboxPosition(2, 0, 0))).isZero();
    }

    @Test
    void repeatedEventsHaveALastEntry() {
        UUID twice = UUID.randomUUID();
        ledger().append(List.of(
                row(1, Kind.PUBLISHED, 1, 600, twice),
                row(2, Kind.PUBLISHED, 1, 700, UUID.randomUUID()),
                row(3, Kind.PUBLISHED, 2, 0, twice)));
        assertThat(ledger().repeated(1)).isEqualTo(Map.of(twice, 3L));
        assertThat(ledger().repeated(2)).isEmpty();
    }

    @Test
    void eventsAreLookedUpInJournalAndTable() {
        UUID known = commit();
        UUID unknown = UUID.randomUUID();
        ledger().append(List.of(row(1, Kind.PUBLISHED, 1, 600, known)));
        assertThat(ledger().withoutEntry(List.of(unknown, known), 0)).containsExactly(unknown);
        assertThat(ledger().withoutEntry(List.of(unknown, known), 1)).containsExactly(unknown, known);
        assertThat(ledger().unknown(List.of(unknown, known))).containsExactly(unknown);
        assertThat(ledger().events(List.of(unknown, known))).containsOnlyKeys(known);
        assertThat(ledger().unknown(List.of(begin().event()))).hasSize(1);
    }

    @Test
    void aTransactionThatRanDuringAScanIsLookedAtByTheNext() {
        UUID before = commit();
        Open running = begin();
        ProofScan first = ledger().scan(null, 10);
        assertThat(first.suspects()).containsExactly(before);
        assertThat(first.complete()).isTrue();
        assertThat(first.snapshot().entry()).isZero();
        running.commit();
        ProofScan second = ledger().scan(first.snapshot(), 10);
        assertThat(second.suspects()).containsExactly(running.event());
        assertThat(second.lsn()).isGreaterThan(first.lsn());
        assertThat(ledger().scan(second.snapshot(), 10).suspects()).isEmpty();
        assertThat(ledger().scan(null, 1).complete()).isFalse();
    }

    @Test
    void ghostsAreFoundWhereverTheyWere() {
        UUID early = UUID.randomUUID();
        UUID late = UUID.randomUUID();
        assertThat(ledger().ghosts()).isEmpty();
        ledger().append(List.of(
                row(1, Kind.GHOST, 1, 600, early),
                row(2, Kind.PUBLISHED, 1, 800, UUID.randomUUID()),
                row(3, Kind.GHOST, 2, 700, late)));
        assertThat(ledger().ghosts()).containsExactlyInAnyOrder(early, late);
    }

    @Test
    void whatIsParkedIsHeldByTheFirstOfItsAggregate() {
        ParkedEvent head = parked(UUID.randomUUID(), "a1", 600, Reason.TOO_LARGE);
        ParkedEvent behind = parked(UUID.randomUUID(), "a1", 700, Reason.BEHIND);
        ParkedEvent other = parked(UUID.randomUUID(), "a2", 650, Reason.MALFORMED);
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(0, false));
        park(1, behind);
        park(2, head, other);
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(3, false));
        assertThat(ledger().held())
                .isEqualTo(Map.of(
                        head.aggregate(), new ParkedHead(head.event(), head.position()),
                        other.aggregate(), new ParkedHead(other.event(), other.position())));
    }

    @Test
    void nothingIsParkedWhereTheEntryIsTaken() {
        ledger().append(List.of(row(1, Kind.PUBLISHED, 1, 600, UUID.randomUUID())));
        requireFenced(() -> park(1, parked(UUID.randomUUID(), "a1", 600, Reason.MALFORMED)));
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(0, false));
    }

    @Test
    void whatIsFoundInTheStreamIsHeldNoMore() {
        ParkedEvent event = parked(UUID.randomUUID(), "a1", 600, Reason.TOO_LARGE);
        park(1, event);
        ledger().absorb(List.of(row(2, Kind.PUBLISHED, 1, 600, event.event())));
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(0, false));
        assertThat(ledger().held()).isEmpty();
    }

    @Test
    void whatWaitsForAnEventThatIsFoundInTheStreamIsTakenUp() {
        UUID head = commit();
        UUID follower = commit();
        UUID other = commit();
        park(
                1,
                parked(head, "a1", 600, Reason.TOO_LARGE),
                parked(follower, "a1", 700, Reason.BEHIND),
                parked(other, "a2", 650, Reason.TOO_LARGE));
        ledger().absorb(List.of(row(2, Kind.PUBLISHED, 1, 600, head)));
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(2, true));
        ledger().begin(epoch(new Heal.Requested()), MARK);
        assertThat(ids(ledger().rowsFrom(3, 1).getFirst())).containsExactly(follower);
        assertThat(ledger().held().values()).extracting(ParkedHead::event).containsExactly(other);
    }

    @Test
    void aRequestForOneTakesUpItsQueueInOrderAndLeavesTheOthers() {
        UUID first = commit();
        UUID second = commit();
        UUID other = commit();
        park(1, parked(second, "a1", 700, Reason.BEHIND));
        park(2, parked(first, "a1", 600, Reason.TOO_LARGE), parked(other, "a2", 650, Reason.TOO_LARGE));
        request(second, false);
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(3, true));
        ledger().begin(epoch(new Heal.Requested()), MARK);
        JournalRow retried = ledger().rowsFrom(3, 1).getFirst();
        assertThat(retried.kind()).isEqualTo(Kind.PUBLISHED);
        assertThat(ids(retried)).containsExactly(first, second);
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(1, false));
        assertThat(ledger().held().values()).extracting(ParkedHead::event).containsExactly(other);
    }

    @Test
    void whatIsDiscardedIsJournaledAsSuchAndTheRestOfItsQueueGoesOn() {
        UUID first = commit();
        UUID second = commit();
        park(1, parked(first, "a1", 600, Reason.MALFORMED), parked(second, "a1", 700, Reason.BEHIND));
        request(first, true);
        ledger().begin(epoch(new Heal.Requested()), MARK);
        assertThat(ledger().rowsFrom(2, 10))
                .filteredOn(row -> !row.events().isEmpty())
                .satisfiesExactly(
                        row -> {
                            assertThat(row.kind()).isEqualTo(Kind.DISCARDED);
                            assertThat(ids(row)).containsExactly(first);
                        },
                        row -> {
                            assertThat(row.kind()).isEqualTo(Kind.PUBLISHED);
                            assertThat(ids(row)).containsExactly(second);
                        });
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(0, false));
        assertThat(ledger().withoutEntry(List.of(first), 0)).isEmpty();
    }

    @Test
    void aQueueOfWhichARowIsNotToBeSeenWaitsAsAWhole() {
        UUID seen = commit();
        UUID unseen = begin().event();
        park(1, parked(seen, "a1", 600, Reason.TOO_LARGE), parked(unseen, "a1", 700, Reason.BEHIND));
        request(seen, false);
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(2, false));
        ledger().begin(epoch(new Heal.Requested()), MARK);
        assertThat(ledger().parked().events()).isEqualTo(2);
        request(unseen, true);
        assertThat(ledger().parked()).isEqualTo(new ParkedCount(2, true));
    }

    private void park(long entry, ParkedEvent... events) {
        PackedEvents.Builder packed = new PackedEvents.Builder(events.length);
        for (ParkedEvent event : events) {
            packed.add(event.event(), event.position().transactionLsn(), 0, Instant.parse("2026-01-01T00:00:00Z"));
        }
        ledger().append(List.of(new JournalRow(entry, Kind.PARKED, 1, packed.build(), MARK)), List.of(events));
    }

    private static ParkedEvent parked(UUID event, String aggregate, long lsn, Reason reason) {
        return new ParkedEvent(
                event, new Aggregate("account", aggregate), new OutboxPosition(1, lsn, 0), reason, "It was tried.");
    }

    private static NewEpoch epoch(Heal heal) {
        return new NewEpoch(
                Epoch.Reason.SLOT_MADE_ANEW,
                "cluster",
                900,
                heal,
                Incident.of(Incident.Kind.SLOT_LOST, "It was tried."));
    }

    private static JournalRow row(long entry, Kind kind, int epoch, long lsn, UUID event) {
        PackedEvents.Builder packed = new PackedEvents.Builder(1);
        packed.add(event, lsn, 0, Instant.parse("2026-01-01T00:00:00Z"));
        return new JournalRow(entry, kind, epoch, packed.build(), MARK);
    }

    private static List<UUID> ids(JournalRow row) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < row.events().size(); i++) {
            ids.add(row.events().id(i));
        }
        return ids;
    }

    private static void requireFenced(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AftercommitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
    }
}
