package dev.aftercommit.demo.check;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.demo.check.Facts.Emitted;
import dev.aftercommit.demo.check.Facts.Handled;
import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Stored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Judges the facts; pure.
 *
 * @param lines one a fact, in the order in which they are printed
 */
record Verdict(List<Line> lines) {

    /** A fact: its name, its count, and whether it is as promised. */
    record Line(String name, long count, boolean right, String detail) {}

    static Verdict of(Facts facts) {
        Map<UUID, Emitted> emitted = firstOfEach(facts.emitted(), Emitted::eventId);
        Map<UUID, Stored> stored = firstOfEach(facts.stored(), Stored::eventId);
        Map<UUID, Handled> handled = firstOfEach(facts.handled(), Handled::eventId);
        List<Line> lines = new ArrayList<>();

        int count = facts.emitted().size();
        lines.add(new Line(
                "events emitted",
                count,
                count > 0 && count == facts.acceptedWrites(),
                facts.acceptedWrites() + " writes accepted by account-service"));
        lines.add(
                new Line("events stored", facts.stored().size(), facts.stored().size() == count, ""));
        lines.add(new Line(
                "events handled", facts.handled().size(), facts.handled().size() == count, ""));

        int storedTwice = facts.stored().size() - stored.size();
        int handledTwice = facts.handled().size() - handled.size();
        lines.add(zero("duplicates", storedTwice, "stored twice", handledTwice, "handled twice"));

        int wrongInStream = notAscending(stored.values(), Stored::position)
                + outOfOrder(stored.values(), Stored::aggregateId, Stored::sequence);
        int wronglyHandled = outOfOrder(handled.values(), Handled::aggregateId, Handled::sequence);
        lines.add(zero("out of order", wrongInStream, "in the stream", wronglyHandled, "in the handlers"));

        lines.add(zero(
                "missing",
                missing(emitted.keySet(), stored.keySet()),
                "not in the stream",
                missing(emitted.keySet(), handled.keySet()),
                "not handled"));
        lines.add(zero(
                "never emitted",
                missing(stored.keySet(), emitted.keySet()),
                "in the stream",
                missing(handled.keySet(), emitted.keySet()),
                "handled"));
        lines.add(zero("altered on the way", altered(emitted, stored), "in the stream", 0, ""));
        Facts.Effects effects = facts.effects();
        lines.add(zero(
                "accounts that differ",
                missing(effects.accounts(), effects.directory()),
                "not so in the directory",
                missing(effects.directory(), effects.accounts()),
                "only in the directory"));
        lines.add(zero(
                "minutes counted wrong",
                missing(effects.created(), effects.counted()),
                "not so in the dashboard",
                missing(effects.counted(), effects.created()),
                "only in the dashboard"));
        lines.addAll(MailVerdict.of(effects.mails()));
        lines.add(heldBack(facts.seen().parking()));
        lines.add(MailVerdict.of(facts.seen().refusedMail()));

        Facts.Secrets secrets = facts.secrets();
        lines.add(new Line(
                "passwords found in the stream",
                secrets.found().size(),
                secrets.found().isEmpty() && secrets.needles() > 0 && secrets.messages() >= stored.size(),
                secrets.found().isEmpty()
                        ? secrets.messages() + " messages searched for " + secrets.needles()
                                + " passwords, hashes and salts"
                        : "in message " + secrets.found().getFirst() + " of the stream first"));
        return new Verdict(List.copyOf(lines));
    }

    /** Whether everything is as promised. */
    boolean isRight() {
        return lines.stream().allMatch(Line::right);
    }

    /** Right when it is the refused account's events that were held back, and no others. */
    private static Line heldBack(Facts.Parking parking) {
        List<Held> held = parking.held();
        boolean alone = !held.isEmpty()
                && held.getFirst().state().equals("dead")
                && held.stream().skip(1).allMatch(one -> one.state().equals("waiting"))
                && held.stream().allMatch(one -> one.aggregateId().equals(parking.refused()));
        return new Line(
                "held back by a refusal",
                held.size(),
                alone && parking.handledMeanwhile() > 0,
                "of account " + parking.refused() + ", until redriven; " + parking.handledMeanwhile()
                        + " of others handled meanwhile");
    }

    static Line zero(String name, int first, String firstDetail, int second, String secondDetail) {
        List<String> details = new ArrayList<>();
        if (first > 0) {
            details.add(first + " " + firstDetail);
        }
        if (second > 0) {
            details.add(second + " " + secondDetail);
        }
        return new Line(name, (long) first + second, first + second == 0, String.join(", ", details));
    }

    private static <T> Map<UUID, T> firstOfEach(List<T> all, Function<T, UUID> id) {
        Map<UUID, T> first = new LinkedHashMap<>();
        all.forEach(one -> first.putIfAbsent(id.apply(one), one));
        return first;
    }

    private static int notAscending(Collection<Stored> inOrder, Function<Stored, OutboxPosition> position) {
        int wrong = 0;
        OutboxPosition last = null;
        for (Stored one : inOrder) {
            OutboxPosition current = position.apply(one);
            if (last != null && current.compareTo(last) <= 0) {
                wrong++;
            }
            last = current;
        }
        return wrong;
    }

    private static <T> int outOfOrder(
            Collection<T> inOrder, Function<T, String> aggregate, Function<T, Long> sequence) {
        int wrong = 0;
        Map<String, Long> last = new HashMap<>();
        for (T one : inOrder) {
            Long before = last.put(aggregate.apply(one), sequence.apply(one));
            if (before != null && sequence.apply(one) <= before) {
                wrong++;
            }
        }
        return wrong;
    }

    static <T> int missing(Collection<T> expected, Collection<T> actual) {
        Set<T> rest = new HashSet<>(expected);
        rest.removeAll(new HashSet<>(actual));
        return rest.size();
    }

    private static int altered(Map<UUID, Emitted> emitted, Map<UUID, Stored> stored) {
        int altered = 0;
        for (Stored message : stored.values()) {
            Emitted row = emitted.get(message.eventId());
            if (row != null
                    && !(row.eventType().equals(message.eventType())
                            && row.aggregateId().equals(message.aggregateId())
                            && row.payload().equals(message.payload()))) {
                altered++;
            }
        }
        return altered;
    }
}
