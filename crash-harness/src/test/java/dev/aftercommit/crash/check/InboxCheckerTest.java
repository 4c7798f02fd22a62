package dev.aftercommit.crash.check;

import static dev.aftercommit.crash.check.Samples.message;
import static dev.aftercommit.crash.check.Samples.position;
import static dev.aftercommit.crash.check.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A judge that cannot tell wrong effects from right ones is none: each test makes one thing wrong. */
class InboxCheckerTest {
    private static final String TYPE = "account/AccountTouched";

    /** Of two aggregates in turn: 0, 2, 4, 6, 8 are one's, 1, 3, 5, 7 the other's. */
    private final List<Row> rows = LongStream.rangeClosed(1, 9)
            .mapToObj(number -> row("account-" + number % 2, (number + 1) / 2))
            .collect(Collectors.toCollection(ArrayList::new));

    private final List<Effect> effects = new ArrayList<>();
    private final List<HeldEvent> held = new ArrayList<>();
    private final Map<Integer, String> checkpoints = new HashMap<>();
    private final Set<UUID> asked = new HashSet<>();
    private final Set<UUID> discarded = new HashSet<>();
    private final Set<UUID> poison = new HashSet<>();
    private Set<String> types = Set.of(TYPE);
    private boolean databaseWentBack;
    private boolean settled;

    InboxCheckerTest() {
        rows.forEach(this::handle);
        for (int i = 0; i < rows.size(); i++) {
            checkpoints.put(partition(rows.get(i)), position(1, 0x100 + i));
        }
    }

    @Test
    void effectsThatAreAsTheyShouldBeAreFoundGood() {
        assertThat(check().toString()).isEmpty();
    }

    @Test
    void anEventWithoutAnEffectIsFound() {
        forget(4);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_MISSING, 1));
        assertThat(check().toString()).contains(id(4).toString());
    }

    @Test
    void consumersThatDidNothingAreFound() {
        effects.clear();
        checkpoints.clear();
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_MISSING, 9, FindingKind.CHECKPOINT_ASTRAY, 2));
    }

    @Test
    void anEffectThatIsThereTwiceIsFound() {
        handle(rows.get(3));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_DOUBLED, 1));
    }

    @Test
    void anEffectOfAnEventThatNobodyCommittedIsFoundUnlessTheDatabaseWentBack() {
        handle(row("account-7", 1));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_UNKNOWN, 1));
        databaseWentBack = true;
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void aTypeWithoutAHandlerIsNotOwedAndHasNoEffect() {
        types = Set.of("account/other");
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_UNKNOWN, 9));
        effects.clear();
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void aHandlerThatWasGivenSomethingElseIsFound() {
        Effect right = effects.get(4);
        effects.set(4, new Effect(right.event(), right.aggregate(), 77, right.turn()));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_ALTERED, 1));
        effects.set(4, new Effect(right.event(), new Row.Aggregate("account", "x"), right.number(), 1));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_ALTERED, 1));
    }

    @Test
    void effectsInAnotherOrderThanTheEventsAreFound() {
        Collections.swap(effects, 3, 5);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.EFFECT_DISORDER, 1));
    }

    @Test
    void theOrderOfDifferentAggregatesIsFree() {
        Collections.swap(effects, 3, 4);
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void whatWaitsBehindPoisonIsNotMissing() {
        park(4);
        assertThat(check().toString()).isEmpty();
    }

    @Test
    void aParkedEventThatTookEffectIsFound() {
        park(4);
        handle(rows.get(6));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HELD_BACK_AND_HANDLED, 1));
    }

    @Test
    void aQueueThatBeginsWithAnEventThatIsNoPoisonIsFound() {
        park(4);
        poison.clear();
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DEAD_NEEDLESSLY, 1));
    }

    @Test
    void poisonThatIsTriedForEverIsFound() {
        park(4);
        held.set(0, new HeldEvent(id(4), rows.get(4).aggregate(), false));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DEAD_NEEDLESSLY, 1));
    }

    @Test
    void anEventThatIsDeadBehindAnotherIsFound() {
        park(4);
        held.set(1, new HeldEvent(id(6), rows.get(6).aggregate(), true));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DEAD_NEEDLESSLY, 1));
    }

    @Test
    void anEventThatWentPastTheQueueOfItsAggregateIsFound() {
        park(4);
        held.remove(1);
        handle(rows.get(6));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.QUEUE_BROKEN, 1));
    }

    @Test
    void aQueueInAnotherOrderIsFound() {
        park(4);
        Collections.swap(held, 1, 2);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.QUEUE_BROKEN, 1));
    }

    @Test
    void aParkedEventThatTheStreamNeverHadIsFound() {
        Row unknown = row("account-7", 1);
        poison.add(unknown.id());
        held.add(new HeldEvent(unknown.id(), unknown.aggregate(), true));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.QUEUE_BROKEN, 1));
    }

    @Test
    void poisonThatTookEffectBeforeItWasMendedIsFound() {
        poison.add(id(4));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HELD_BACK_AND_HANDLED, 1));
        settled = true;
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void whatIsStillParkedWhenAllIsSettledIsFound() {
        park(4);
        settled = true;
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DEAD_NEEDLESSLY, 1));
    }

    @Test
    void anEventThatWasGivenUpIsNotMissing() {
        forget(4);
        asked.add(id(4));
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void aDiscardedEventThatTookEffectIsFoundButOneOfWhichNobodyKnowsWhetherItWasMay() {
        asked.add(id(4));
        assertThat(check().isGood()).isTrue();
        discarded.add(id(4));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HELD_BACK_AND_HANDLED, 1));
    }

    @Test
    void aCheckpointBeforeTheLastEventIsFound() {
        checkpoints.put(partition(rows.get(8)), position(1, 0x107));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.CHECKPOINT_ASTRAY, 1));
    }

    @Test
    void aCheckpointBeyondTheStreamIsFound() {
        checkpoints.put(15, position(1, 0x200));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.CHECKPOINT_ASTRAY, 1));
    }

    private Verdict check() {
        List<StoredMessage> stream = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            stream.add(message(rows.get(i), position(1, 0x100 + i)));
        }
        Evidence evidence = new Evidence(
                rows,
                Optional.empty(),
                stream,
                List.of(),
                databaseWentBack,
                new Parking(List.of(), Set.of(), Set.of(), Map.of(), Set.of(), Optional.empty(), false),
                Optional.of(0L));
        return InboxChecker.check(
                evidence,
                new Inbox(inTurn(), held, checkpoints, new Inbox.Discards(asked, discarded)),
                new Handling(types, poison::contains, settled));
    }

    /** As the table is read. */
    private List<Effect> inTurn() {
        return effects.stream()
                .sorted(Comparator.comparing(
                        (Effect effect) -> effect.aggregate().id()))
                .toList();
    }

    /** Poison, and from it on its aggregate waits. */
    private void park(int first) {
        poison.add(id(first));
        for (int i = first; i < rows.size(); i += 2) {
            UUID event = id(i);
            held.add(new HeldEvent(event, rows.get(i).aggregate(), i == first));
            effects.removeIf(effect -> effect.event().equals(event));
        }
    }

    private void handle(Row row) {
        effects.add(new Effect(row.id(), row.aggregate(), row.number(), effects.size() + 1L));
    }

    private void forget(int index) {
        effects.removeIf(effect -> effect.event().equals(id(index)));
    }

    private UUID id(int index) {
        return rows.get(index).id();
    }

    private static int partition(Row row) {
        return Encoding.partition(row.aggregate().id(), 16);
    }
}
