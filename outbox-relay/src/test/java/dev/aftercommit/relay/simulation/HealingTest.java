package dev.aftercommit.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.history.Healing;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Transaction;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.StreamEnd;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pasts that hardly a schedule comes to, placed by hand: rows that wait for a synchronous standby, and lost events. */
class HealingTest {
    private static final long LONG = 1_000_000;

    private final World world = new World(1, new Plan(List.of()), false);
    private final SimulatedClient client = new SimulatedClient(world, "client");
    private final Source source = new SimulatedSource(world, client);
    private final Ledger ledger = source.openLedger();
    private final List<String> waits = new ArrayList<>();
    private final EventStream stream = new SimulatedEventStream(world, client);
    private final Healing healing = new Healing(source, ledger, stream, waits::add);

    @BeforeEach
    void lead() {
        world.causes().add(Plan.Kind.ADVANCE_SLOT);
        ledger.append(List.of(
                new JournalRow(1, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, JournalMark.NONE.withTerm(1))));
    }

    @Test
    void whatCanBeSeenIsHealedAndWaitsForNothing() {
        UUID event = commit(0);

        heal(event);

        assertThat(epochs()).hasSize(1);
        assertThat(ledger.withoutEntry(List.of(event), 0)).isEmpty();
        assertThat(ledger.incidents()).containsExactly(Map.entry("unjournaled-rows", 1L));
        assertThat(waits).isEmpty();
    }

    @Test
    void whatCannotBeSeenIsWaitedForAloud() {
        UUID event = commit(LONG);

        assertThat(heal(event)).containsExactly(event);
        assertThat(heal(event)).containsExactly(event);

        assertThat(epochs()).isEmpty();
        assertThat(ledger.incidents()).isEmpty();
        assertThat(waits)
                .hasSize(2)
                .allSatisfy(told -> assertThat(told).contains(event.toString(), "synchronous standby"));
    }

    @Test
    void oneThatCanBeSeenDoesNotWaitForOthers() {
        UUID unseen = commit(LONG);
        UUID seen = commit(0);

        assertThat(heal(unseen, seen)).containsExactly(unseen);

        assertThat(ledger.withoutEntry(List.of(unseen, seen), 0)).containsExactly(unseen);
        assertThat(waits).singleElement().asString().contains(unseen.toString());
    }

    @Test
    void whatIsOwedBehindAForkKeepsItsOrderThoughSomeOfItCannotBeSeen() throws InterruptedException {
        makeStream();
        OutboxChange known = change(0);
        OutboxChange ghost = change(LONG);
        OutboxChange unseen = change(LONG);
        OutboxChange seen = change(0);
        store(known, ghost);
        ledger.begin(
                new NewEpoch(Epoch.Reason.FIRST_START, "cluster-1", 0, new NewEpoch.Heal.Nothing(), null),
                JournalMark.NONE.withTerm(1));
        ledger.append(List.of(row(3, known), row(4, ghost), row(5, unseen), row(6, seen)));

        healing.mend(new Diagnosis.StreamAhead(0), Past.look(source, ledger, stream));

        assertThat(epochs()).hasSize(2);
        JournalRow last = ledger.rowsBefore(ledger.noted().entry(), 1).getFirst();
        assertThat(last.epoch()).isEqualTo(2);
        assertThat(last.events().ids()).containsExactly(id(unseen), id(seen));
    }

    /** A standby that was promoted commits at the LSN at which the lost primary has committed something else. */
    @Test
    void whatIsOwedAtThePlaceOfALostEventIsPlacedBehindIt() throws InterruptedException {
        makeStream();
        OutboxChange known = change(0);
        OutboxChange lost = change(LONG);
        OutboxChange owed = change(0);
        store(known, lost);
        JournalMark mark = JournalMark.NONE.withTerm(1).withEnd(new StreamEnd(1, id(known)));
        ledger.begin(new NewEpoch(Epoch.Reason.FIRST_START, "cluster-1", 0, new NewEpoch.Heal.Nothing(), null), mark);
        ledger.append(List.of(
                row(3, JournalRow.Kind.PUBLISHED, id(known), known, mark),
                row(4, JournalRow.Kind.GHOST, id(lost), lost, mark),
                row(5, JournalRow.Kind.PUBLISHED, id(owed), lost, mark)));

        healing.mend(new Diagnosis.StreamAhead(1), Past.look(source, ledger, stream));

        assertThat(epochs()).hasSize(2);
        assertThat(ledger.repeated(1)).containsOnlyKeys(id(owed));
    }

    /** The stream was emptied, and a database that has gone back commits around the places of lost events. */
    @Test
    void whatWasJournaledSinceTheStreamWasEmptiedIsOwedWhereverItsPlaceIs() throws InterruptedException {
        makeStream();
        OutboxChange removed = change(0);
        OutboxChange before = change(0);
        OutboxChange lost = change(LONG);
        OutboxChange behind = change(0);
        store(removed, lost);
        world.broker().deleteMessage(false, 0);
        JournalMark mark = JournalMark.NONE.withTerm(1);
        JournalMark atRemoved = mark.withEnd(new StreamEnd(1, id(removed)));
        JournalMark emptied = mark.withEnd(new StreamEnd(1, null));
        ledger.begin(new NewEpoch(Epoch.Reason.FIRST_START, "cluster-1", 0, new NewEpoch.Heal.Nothing(), null), mark);
        ledger.append(List.of(
                row(3, JournalRow.Kind.PUBLISHED, id(removed), removed, atRemoved),
                new JournalRow(4, JournalRow.Kind.PUBLISHED, 0, PackedEvents.NONE, emptied),
                row(5, JournalRow.Kind.PUBLISHED, id(before), before, emptied),
                row(6, JournalRow.Kind.PUBLISHED, id(behind), behind, emptied)));

        healing.mend(new Diagnosis.StreamAhead(1), Past.look(source, ledger, stream));

        assertThat(epochs()).hasSize(2);
        JournalRow last = ledger.rowsBefore(ledger.noted().entry(), 1).getFirst();
        assertThat(last.events().ids()).containsExactly(id(before), id(behind));
    }

    /** More than is read at a time. */
    @Test
    void whatHasJustBeenFoundIsNotMissed() throws InterruptedException {
        makeStream();
        List<OutboxChange> found = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            found.add(change(0));
        }
        OutboxChange lost = change(LONG);
        for (int i = 0; i < 9; i++) {
            found.add(change(0));
        }
        store(found.toArray(OutboxChange[]::new));
        JournalMark mark = JournalMark.NONE.withTerm(1);
        ledger.begin(new NewEpoch(Epoch.Reason.FIRST_START, "cluster-1", 0, new NewEpoch.Heal.Nothing(), null), mark);
        ledger.append(List.of(row(3, JournalRow.Kind.GHOST, id(lost), lost, mark)));

        healing.mend(new Diagnosis.StreamAhead(0), Past.look(source, ledger, stream));

        assertThat(epochs()).hasSize(1);
        assertThat(ledger.repeated(1)).isEmpty();
        assertThat(ledger.noted().mark().end().sequence()).isEqualTo(18);
    }

    @Test
    void whatIsRemovedWhileTheStreamIsReadIsNotPublishedAgain() throws InterruptedException {
        makeStream();
        OutboxChange removed = change(0);
        OutboxChange left = change(0);
        store(removed, left);
        JournalMark mark = JournalMark.NONE.withTerm(1);
        ledger.begin(new NewEpoch(Epoch.Reason.FIRST_START, "cluster-1", 0, new NewEpoch.Heal.Nothing(), null), mark);
        ledger.append(List.of(row(3, removed), row(4, left)));
        Past past = Past.look(source, ledger, stream);

        new Healing(source, ledger, losingTheFirst(), waits::add).mend(new Diagnosis.StreamAhead(0), past);

        assertThat(epochs()).hasSize(1);
        assertThat(ledger.noted().mark().end()).isEqualTo(StreamEnd.NONE);
    }

    /** It waited for a synchronous standby when it was found for the first time. */
    @Test
    void whatWasAGhostAndIsSeenNowIsPartOfTheProgress() throws InterruptedException {
        makeStream();
        OutboxChange found = change(0);
        store(found);
        JournalMark mark = JournalMark.NONE.withTerm(1);
        ledger.begin(new NewEpoch(Epoch.Reason.FIRST_START, "cluster-1", 0, new NewEpoch.Heal.Nothing(), null), mark);
        ledger.append(List.of(row(3, JournalRow.Kind.GHOST, id(found), found, mark)));

        healing.mend(new Diagnosis.StreamAhead(0), Past.look(source, ledger, stream));

        assertThat(ledger.noted().mark().lastLsn()).isEqualTo(found.transactionLsn());
    }

    /** The stream, of which somebody removes the first message before it is read. */
    private EventStream losingTheFirst() {
        return (EventStream) Proxy.newProxyInstance(
                EventStream.class.getClassLoader(), new Class<?>[] {EventStream.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("read")) {
                        world.broker().deleteMessage(false, 0);
                    }
                    return method.invoke(stream, arguments);
                });
    }

    private void makeStream() {
        stream.make(null);
        world.database().contents.publication = new SimulatedDatabase.Publication(1, 1, true);
    }

    private void store(OutboxChange... changes) throws InterruptedException {
        EventRouter router = new EventRouter("bank", 8);
        try (Publisher publisher = stream.publisher(Objects.requireNonNull(stream.look()))) {
            for (OutboxChange change : changes) {
                publisher.publish(router.route(change, position(change), ""));
            }
            publisher.settle(Duration.ofSeconds(10));
        }
    }

    private static JournalRow row(long entry, OutboxChange change) {
        return row(entry, JournalRow.Kind.PUBLISHED, id(change), change, JournalMark.NONE.withTerm(1));
    }

    private static JournalRow row(long entry, JournalRow.Kind kind, UUID event, OutboxChange place, JournalMark mark) {
        PackedEvents.Builder packed = new PackedEvents.Builder(1);
        packed.add(event, place.transactionLsn(), place.ordinal(), place.time());
        return new JournalRow(entry, kind, 1, packed.build(), mark);
    }

    private static OutboxPosition position(OutboxChange change) {
        return new OutboxPosition(1, change.transactionLsn(), 0);
    }

    private static UUID id(OutboxChange change) {
        return UUID.fromString(change.row().id());
    }

    /** One that is committed. */
    private OutboxChange change(long visibleAfter) {
        commit(visibleAfter);
        SimulatedDatabase.WalRecord record = world.database().contents.wal.getLast();
        return new OutboxChange(
                record.lsn(),
                0,
                SimulatedDatabase.time(record.time()),
                SimulatedLedger.published(record.rows().getFirst(), world));
    }

    private List<UUID> heal(UUID... events) {
        return healing.heal(new Past(source.look(), ledger.noted(), null, null, null), List.of(events));
    }

    private List<Epoch> epochs() {
        return ledger.noted().epochs();
    }

    private UUID commit(long visibleAfter) {
        SimulatedDatabase database = world.database();
        Transaction transaction = database.begin();
        database.insert(transaction);
        database.commit(transaction, visibleAfter);
        return transaction.rows.getFirst().id();
    }
}
