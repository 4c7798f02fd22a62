package dev.aftercommit.crash.check;

import static dev.aftercommit.crash.check.Samples.bytes;
import static dev.aftercommit.crash.check.Samples.message;
import static dev.aftercommit.crash.check.Samples.position;
import static dev.aftercommit.crash.check.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
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

/** A judge that cannot tell a wrong stream from a right one is none: each test makes one thing wrong. */
class CheckerTest {
    private final List<Row> rows = LongStream.rangeClosed(1, 9)
            .mapToObj(number -> row("account-" + number % 2, (number + 1) / 2))
            .collect(Collectors.toCollection(ArrayList::new));
    private final List<StoredMessage> stream = new ArrayList<>();
    private final List<Incident> incidents = new ArrayList<>();
    private List<UUID> order = rows.stream().map(Row::id).toList();
    private boolean databaseWentBack;
    private Optional<Long> unconfirmed = Optional.of(500L);
    private final List<UUID> parked = new ArrayList<>();
    private final Set<UUID> discarded = new HashSet<>();
    private final Set<UUID> late = new HashSet<>();
    private final Map<String, String> epochs =
            new HashMap<>(Map.of("00000001", "first-start", "00000002", "heal", "00000003", "retry"));
    private final Set<UUID> givenUp = new HashSet<>();
    private Optional<Integer> narrowest = Optional.empty();
    private boolean settled;

    CheckerTest() {
        for (int i = 0; i < rows.size(); i++) {
            stream.add(message(rows.get(i), position(1, 0x100 + i)));
        }
    }

    @Test
    void aStreamThatIsAsItShouldBeIsFoundGood() {
        assertThat(check().toString()).isEmpty();
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void aMissingEventIsFound() {
        stream.remove(4);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.MISSING, 1));
        assertThat(check().toString()).contains(rows.get(4).id().toString());
    }

    @Test
    void anEmptyStreamIsFound() {
        stream.clear();
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.MISSING, 9));
    }

    @Test
    void anEventThatIsThereTwiceIsFound() {
        stream.add(message(rows.get(3), position(1, 0x900)));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DOUBLED, 1));
    }

    @Test
    void anEventThatNobodyCommittedIsFound() {
        stream.add(message(row("account-7", 1), position(1, 0x900)));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.UNKNOWN, 1));
    }

    @Test
    void aMessageWithoutAnIdIsFoundAlsoWhenTheDatabaseWentBack() {
        databaseWentBack = true;
        stream.set(4, changed(4, "ce-id", null));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.MISSING, 1, FindingKind.UNKNOWN, 1));
    }

    @Test
    void aGhostThatNoIncidentNamesIsFound() {
        databaseWentBack = true;
        StoredMessage ghost = message(row("account-7", 1), position(1, 0x900));
        stream.add(ghost);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.GHOST_UNTOLD, 1));

        incidents.add(new Incident("fork", 2, 0, List.of(ghost.id().get())));
        assertThat(check().isGood()).isTrue();

        databaseWentBack = false;
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.UNKNOWN, 1));
    }

    @Test
    void anotherPayloadIsFound() {
        StoredMessage right = stream.get(4);
        stream.set(4, new StoredMessage(right.sequence(), right.subject(), right.headers(), bytes("{}")));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.ALTERED, 1));
    }

    @Test
    void anotherSubjectIsFound() {
        StoredMessage right = stream.get(4);
        stream.set(4, new StoredMessage(right.sequence(), "outbox.accounts.x.y.00", right.headers(), right.body()));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.ALTERED, 1));
    }

    @Test
    void anotherHeaderIsFound() {
        for (String name : List.of("ce-type", "ce-subject", "ce-source", "ce-specversion", "ce-eventversion", "note")) {
            StoredMessage right = stream.get(4);
            stream.set(4, changed(4, name, "other"));
            assertThat(check().counts()).as(name).isEqualTo(Map.of(FindingKind.ALTERED, 1));
            stream.set(4, changed(4, name, null));
            assertThat(check().counts()).as("without %s", name).isEqualTo(Map.of(FindingKind.ALTERED, 1));
            stream.set(4, right);
        }
    }

    @Test
    void aHeaderThatNobodyAskedForIsFound() {
        stream.set(4, changed(4, "more", "x"));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.ALTERED, 1));
    }

    @Test
    void anotherMessageIdIsFoundButARebuiltMessageMayHaveNoneOrANumberedOne() {
        stream.set(4, changed(4, "Nats-Msg-Id", UUID.randomUUID().toString()));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.ALTERED, 1));
        stream.set(4, changed(4, "Nats-Msg-Id", null));
        stream.set(5, changed(5, "Nats-Msg-Id", rows.get(5).id() + "~1"));
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void aMissingTimeIsFound() {
        stream.set(4, changed(4, "ce-time", "soon"));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.ALTERED, 1));
    }

    @Test
    void positionsThatFallAreFound() {
        stream.set(4, changed(4, "Outbox-Position", position(1, 0x101)));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.POSITION_DISORDER, 1));
    }

    @Test
    void aPositionThatIsNoneIsFound() {
        stream.set(4, changed(4, "Outbox-Position", "5"));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.POSITION_DISORDER, 1));
    }

    @Test
    void eventsOfDifferentAggregatesInAnotherOrderThanCommittedAreFound() {
        // neighbours are of different aggregates: only the witness can tell
        swap(3, 4);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.COMMIT_DISORDER, 1));
    }

    @Test
    void eventsOfOneAggregateInAnotherOrderThanCommittedAreFoundAlsoWithoutAWitness() {
        swap(3, 5);
        order = null;
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.AGGREGATE_DISORDER, 1));
    }

    @Test
    void aHealedEventMayComeLateWhenAnIncidentCountsIt() {
        stream.add(renumbered(stream.remove(2), position(2, 0)));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HEAL_UNTOLD, 1));

        incidents.add(new Incident("slot lost", 2, 1, List.of()));
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void anEventThatComesLateWithoutBeingHealedIsFound() {
        stream.add(renumbered(stream.remove(2), position(2, 0x300)));
        assertThat(check().counts())
                .isEqualTo(Map.of(FindingKind.COMMIT_DISORDER, 1, FindingKind.AGGREGATE_DISORDER, 1));
    }

    @Test
    void whatTheFirstStartFoundInTheTableIsNoHeal() {
        Row early = row("account-8", 1);
        rows.add(early);
        stream.addFirst(message(early, position(1, 0)));
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void whatIsParkedIsNotMissingAndTheRestOfTheStreamIsJudgedAsEver() {
        narrowest = Optional.of(10);
        park(4);
        assertThat(check().toString()).isEmpty();

        stream.remove(1);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.MISSING, 1));
    }

    @Test
    void whatIsParkedAndStoredAllTheSameIsFound() {
        narrowest = Optional.of(10);
        parked.add(rows.get(8).id());
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HELD_BACK_AND_STORED, 1));
    }

    @Test
    void aQueueThatBeginsWithWhatTheStreamTakesIsFound() {
        park(4);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.PARKED_NEEDLESSLY, 1));
        narrowest = Optional.of(100_000);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.PARKED_NEEDLESSLY, 1));
        narrowest = Optional.of(10);
        assertThat(check().isGood()).isTrue();

        narrowest = Optional.empty();
        rows.set(4, malformed(rows.get(4)));
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void whatStillWaitsWhenAllIsSettledIsFound() {
        narrowest = Optional.of(10);
        park(6);
        settled = true;
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.PARKED_NEEDLESSLY, 2));
    }

    @Test
    void anEventThatOvertakesAParkedOneOfItsAggregateIsFound() {
        narrowest = Optional.of(10);
        parked.add(rows.get(4).id());
        stream.remove(4);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.AGGREGATE_DISORDER, 1));
        // rows 6 and 8 are of the same aggregate: without an order of its own the parked one may be anywhere
        late.add(rows.get(4).id());
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void aQueueInAnotherOrderThanCommittedIsFound() {
        narrowest = Optional.of(10);
        park(4);
        Collections.swap(parked, 1, 2);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.AGGREGATE_DISORDER, 1));
    }

    @Test
    void whatIsRetriedComesOnceAndInOrderAndNeedsNoIncident() {
        park(4);
        retry();
        settled = true;
        assertThat(check().toString()).isEmpty();

        stream.add(renumbered(stream.getLast(), position(4, 0x900)));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DOUBLED, 1));
    }

    @Test
    void whatIsRetriedInAnotherOrderIsFound() {
        park(4);
        Collections.swap(parked, 0, 1);
        retry();
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.AGGREGATE_DISORDER, 1));
    }

    @Test
    void whatComesFromTheTableInAnEpochThatIsNoRetryIsAHeal() {
        park(8);
        retry();
        epochs.put("00000003", "heal");
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HEAL_UNTOLD, 1));
        epochs.remove("00000003");
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HEAL_UNTOLD, 1));
        // why, a database that went back may have forgotten
        databaseWentBack = true;
        assertThat(check().isGood()).isTrue();
    }

    @Test
    void whatIsDiscardedStaysAwayAndItsFollowersGoOn() {
        park(4);
        UUID first = parked.removeFirst();
        discarded.add(first);
        givenUp.add(first);
        retry();
        assertThat(check().toString()).isEmpty();

        discarded.clear();
        assertThat(check().counts()).as("not journaled").isEqualTo(Map.of(FindingKind.MISSING, 1));
    }

    @Test
    void whatIsDiscardedAndStoredIsFound() {
        discarded.add(rows.get(4).id());
        givenUp.add(rows.get(4).id());
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.HELD_BACK_AND_STORED, 1));
    }

    @Test
    void aDiscardThatNobodyAskedForIsFound() {
        discarded.add(rows.get(4).id());
        stream.remove(4);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.DISCARDED_UNASKED, 1));
    }

    @Test
    void aMessageOfARowThatBreaksTheContractIsFound() {
        Row row = rows.get(4);
        rows.set(4, malformed(row));
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.ALTERED, 1));
        for (Map<String, String> headers : List.of(
                Map.of("eventversion", "latest"),
                Map.of("ce-id", "mine"),
                Map.of("two words", "x"),
                Map.of("datacontenttype", "image/png"))) {
            rows.set(
                    4, new Row(row.id(), row.aggregate(), row.eventType(), row.payload(), headers, true, row.number()));
            assertThat(check().toString()).as(headers.toString()).contains("breaks the contract");
        }
    }

    @Test
    void aSlotThatStandsStillOrIsGoneIsFound() {
        unconfirmed = Optional.of(17L * 1024 * 1024);
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.WAL_HELD_BACK, 1));
        unconfirmed = Optional.empty();
        assertThat(check().counts()).isEqualTo(Map.of(FindingKind.WAL_HELD_BACK, 1));
    }

    @Test
    void aPayloadThatIsNoJsonIsComparedAsItsBytes() {
        Row binary = new Row(
                UUID.randomUUID(),
                new Row.Aggregate("account", "Jörg 1%"),
                "Größer als \"alles\"",
                "\"AP8=\"",
                Map.of("datacontenttype", "application/octet-stream"),
                true,
                1);
        rows.add(binary);
        Map<String, List<String>> headers =
                new HashMap<>(message(binary, position(1, 0x900)).headers());
        headers.put("ce-type", List.of("Gr%C3%B6%C3%9Fer%20als%20%22alles%22"));
        headers.put("ce-subject", List.of("J%C3%B6rg%201%25"));
        headers.put("ce-datacontenttype", List.of("application/octet-stream"));
        stream.add(new StoredMessage(
                99,
                "outbox.accounts.account.Gr=C3=B6=C3=9Fer=20als=20=22alles=22.%02d"
                        .formatted(Encoding.partition("Jörg 1%", 16)),
                headers,
                ByteBuffer.wrap(new byte[] {0, (byte) 0xff})));
        assertThat(check().toString()).isEmpty();
    }

    @Test
    void partitionsAreThoseOfTheContract() {
        // FNV-1a 32 of "" and "a", from its authors' test suite
        assertThat(Encoding.partition("", 100)).isEqualTo((int) (0x811c9dc5L % 100));
        assertThat(Encoding.partition("a", 100)).isEqualTo((int) (0xe40c292cL % 100));
    }

    private Verdict check() {
        return Checker.check(new Evidence(
                rows,
                Optional.ofNullable(order),
                stream,
                incidents,
                databaseWentBack,
                new Parking(parked, discarded, late, epochs, givenUp, narrowest, settled),
                unconfirmed));
    }

    /** From this row on its aggregate waits; it is too large when there is a limit. */
    private void park(int first) {
        for (int i = first; i < rows.size(); i += 2) {
            parked.add(rows.get(i).id());
        }
        stream.removeIf(message -> parked.contains(message.id().get()));
    }

    /** What was parked comes into the stream, in the order of the queue, in an epoch of its own. */
    private void retry() {
        for (int i = 0; i < parked.size(); i++) {
            UUID id = parked.get(i);
            Row row =
                    rows.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
            stream.add(message(row, "%08x-%016x-%08x".formatted(3, 0, i)));
        }
        parked.clear();
    }

    private static Row malformed(Row row) {
        return new Row(row.id(), row.aggregate(), row.eventType(), row.payload(), Map.of(), false, row.number());
    }

    /** Exchanges two events; the positions stay where they are. */
    private void swap(int one, int other) {
        Collections.swap(stream, one, other);
        for (int i : List.of(one, other)) {
            stream.set(i, renumbered(stream.get(i), position(1, 0x100 + i)));
        }
    }

    private StoredMessage changed(int index, String header, String value) {
        StoredMessage message = stream.get(index);
        Map<String, List<String>> headers = new HashMap<>(message.headers());
        if (value == null) {
            headers.remove(header);
        } else {
            headers.put(header, List.of(value));
        }
        return new StoredMessage(message.sequence(), message.subject(), headers, message.body());
    }

    private static StoredMessage renumbered(StoredMessage message, String position) {
        Map<String, List<String>> headers = new HashMap<>(message.headers());
        headers.put("Outbox-Position", List.of(position));
        return new StoredMessage(message.sequence(), message.subject(), headers, message.body());
    }
}
