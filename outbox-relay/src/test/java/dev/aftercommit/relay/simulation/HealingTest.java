package dev.aftercommit.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.relay.history.Healing;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Transaction;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of rows that nobody has journaled some cannot be seen: their transactions wait for a synchronous standby. */
class HealingTest {
    private static final long LONG = 1_000_000;

    private final World world = new World(1, new Plan(List.of()), false);
    private final SimulatedClient client = new SimulatedClient(world, "client");
    private final Source source = new SimulatedSource(world, client);
    private final Ledger ledger = source.openLedger();
    private final List<String> waits = new ArrayList<>();
    private final Healing healing = new Healing(source, ledger, new SimulatedEventStream(world, client), waits::add);

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

        heal(event);
        heal(event);

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

        heal(unseen, seen);

        assertThat(ledger.withoutEntry(List.of(unseen, seen), 0)).containsExactly(unseen);
        assertThat(waits).singleElement().asString().contains(unseen.toString());
    }

    private void heal(UUID... events) {
        healing.heal(new Past(source.look(), ledger.noted(), null, null, null), List.of(events));
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
