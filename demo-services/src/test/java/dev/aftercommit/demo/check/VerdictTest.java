package dev.aftercommit.demo.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.demo.check.Facts.Effects;
import dev.aftercommit.demo.check.Facts.Emitted;
import dev.aftercommit.demo.check.Facts.Handled;
import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Minute;
import dev.aftercommit.demo.check.Facts.Parking;
import dev.aftercommit.demo.check.Facts.Person;
import dev.aftercommit.demo.check.Facts.Secrets;
import dev.aftercommit.demo.check.Facts.Seen;
import dev.aftercommit.demo.check.Facts.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two accounts with two events each, all as it should be; each test tampers with one thing. */
class VerdictTest {
    private static final Instant TIME = Instant.parse("2026-11-22T12:00:00Z");

    private final List<Emitted> emitted = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();
    private final List<Handled> handled = new ArrayList<>();
    private final List<Person> accounts = new ArrayList<>(List.of(person(1, "ada"), person(2, "grace")));
    private final List<Person> directory = new ArrayList<>(accounts);
    private final List<Minute> counted = new ArrayList<>(List.of(new Minute(TIME, 2)));
    private final List<Held> held = new ArrayList<>(List.of(held(1, "1", "dead"), held(3, "1", "waiting")));
    private Parking parking = new Parking("1", held, 2);
    private Secrets secrets = new Secrets(6, 5, List.of());
    private int accepted = 4;

    VerdictTest() {
        add(1, "1", 1);
        add(2, "2", 1);
        add(3, "1", 2);
        add(4, "2", 2);
    }

    @Test
    void whatIsAsPromisedIsRight() {
        assertThat(verdict().isRight()).isTrue();
        assertThat(verdict().lines()).hasSize(16).allMatch(Verdict.Line::right);
    }

    @Test
    void nothingAtAllIsWrong() {
        List.of(emitted, stored, handled).forEach(List::clear);
        accepted = 0;

        assertWrong("events emitted");
    }

    @Test
    void anAcceptedWriteWithoutAnEventIsWrong() {
        accepted = 5;

        assertWrong("events emitted");
    }

    @Test
    void aMessageStoredTwiceIsADuplicate() {
        stored.add(stored.get(1));

        assertWrong("events stored", "duplicates");
    }

    @Test
    void anEventHandledTwiceIsADuplicate() {
        handled.add(handled.getLast());

        assertWrong("events handled", "duplicates");
    }

    @Test
    void aDuplicateDoesNotHideAMissingMessage() {
        stored.set(3, stored.get(2));

        assertWrong("duplicates", "missing");
    }

    @Test
    void aMessageMissingFromTheStreamIsMissing() {
        stored.removeLast();

        assertWrong("events stored", "missing");
    }

    @Test
    void anEventThatNobodyHandledIsMissing() {
        handled.removeFirst();

        assertWrong("events handled", "missing");
    }

    @Test
    void messagesOfDifferentAccountsInTheWrongOrderAreOutOfOrder() {
        Collections.swap(stored, 0, 1);

        assertWrong("out of order");
    }

    @Test
    void anAccountsEventsHandledInTheWrongOrderAreOutOfOrder() {
        Collections.swap(handled, 0, 2);

        assertWrong("out of order");
    }

    @Test
    void differentAccountsMayBeHandledInAnyOrder() {
        Collections.swap(handled, 0, 1);

        assertThat(verdict().isRight()).isTrue();
    }

    @Test
    void aMessageThatNoTransactionEmittedIsWrong() {
        stored.add(stored(9, "9", 1));

        assertWrong("events stored", "never emitted");
    }

    @Test
    void aMessageWithAnotherPayloadIsAltered() {
        Stored message = stored.getFirst();
        stored.set(
                0,
                new Stored(
                        message.streamSequence(),
                        message.eventId(),
                        message.eventType(),
                        message.aggregateId(),
                        message.sequence(),
                        message.position(),
                        "{}"));

        assertWrong("altered on the way");
    }

    @Test
    void anEntryWithAnOldEmailDiffers() {
        directory.set(0, person(1, "old-ada"));

        assertWrong("accounts that differ");
    }

    @Test
    void anEntryOfADeletedAccountDiffers() {
        directory.add(person(3, "nobody"));

        assertWrong("accounts that differ");
    }

    @Test
    void aMinuteThatIsCountedTwiceIsWrong() {
        counted.set(0, new Minute(TIME, 4));

        assertWrong("minutes counted wrong");
    }

    @Test
    void aMinuteThatNobodyCountedIsWrong() {
        counted.clear();

        assertWrong("minutes counted wrong");
    }

    @Test
    void anEventOfAnotherAccountThatIsHeldBackIsWrong() {
        held.add(held(2, "2", "waiting"));

        assertWrong("held back by a refusal");
    }

    @Test
    void aSecondDeadEventOfAnAccountIsWrong() {
        held.set(1, held(3, "1", "dead"));

        assertWrong("held back by a refusal");
    }

    @Test
    void aRefusalThatHoldsNothingBackIsWrong() {
        held.clear();

        assertWrong("held back by a refusal");
    }

    @Test
    void aRefusalThatHoldsEverythingUpIsWrong() {
        parking = new Parking("1", held, 0);

        assertWrong("held back by a refusal");
    }

    @Test
    void aPasswordInTheStreamIsWrong() {
        secrets = new Secrets(6, 4, List.of(3L));

        assertWrong("passwords found in the stream");
    }

    @Test
    void searchingForNothingProvesNothing() {
        secrets = new Secrets(0, 4, List.of());

        assertWrong("passwords found in the stream");
    }

    @Test
    void aMessageThatWasNotSearchedProvesNothing() {
        secrets = new Secrets(6, 3, List.of());

        assertWrong("passwords found in the stream");
    }

    private void assertWrong(String... names) {
        assertThat(verdict().isRight()).isFalse();
        assertThat(verdict().lines().stream().filter(line -> !line.right()).map(Verdict.Line::name))
                .containsExactly(names);
    }

    private Verdict verdict() {
        return Verdict.of(new Facts(
                accepted,
                emitted,
                stored,
                handled,
                new Effects(accounts, directory, List.of(new Minute(TIME, 2)), counted, MailVerdictTest.twoMails()),
                new Seen(parking, MailVerdictTest.refused()),
                secrets));
    }

    private void add(int number, String aggregate, long sequence) {
        emitted.add(new Emitted(id(number), "AccountCreated", aggregate, payload(number)));
        stored.add(stored(number, aggregate, sequence));
        handled.add(new Handled(id(number), aggregate, sequence, TIME, TIME.plusMillis(number)));
    }

    private static Stored stored(int number, String aggregate, long sequence) {
        return new Stored(
                number,
                id(number),
                "AccountCreated",
                aggregate,
                sequence,
                new OutboxPosition(1, 1000 + number, 0),
                payload(number));
    }

    private static Person person(long id, String name) {
        return new Person(id, name, name + "@example.com", TIME, null);
    }

    private static Held held(int number, String aggregate, String state) {
        return new Held(id(number), aggregate, state);
    }

    private static UUID id(int number) {
        return new UUID(7, number);
    }

    private static String payload(int number) {
        return "{\"userId\":" + number + "}";
    }
}
