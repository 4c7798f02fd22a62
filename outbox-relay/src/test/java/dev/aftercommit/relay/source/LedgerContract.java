package dev.aftercommit.relay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalRow.Kind;
import dev.aftercommit.relay.source.NewEpoch.Heal;
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
        assertThat(ledger().incidents()).isEqualTo(Map.of("fork", 1L));
    }

    @Test
    void anEpochHealsTheseInTheirOrderIfTheyAreInTheTable() {
        UUID first = commit();
        UUID second = commit();
        ledger().begin(epoch(new Heal.These(List.of(second, UUID.randomUUID(), first))), MARK);
        assertThat(ids(ledger().rowsFrom(1, 1).getFirst())).containsExactly(second, first);
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

    private static NewEpoch epoch(Heal heal) {
        return new NewEpoch(Epoch.Reason.FORK, "cluster", 900, heal, Incident.of(Incident.Kind.FORK, "It was tried."));
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
