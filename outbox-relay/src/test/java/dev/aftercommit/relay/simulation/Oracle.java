package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.simulation.SimulatedBroker.Stream;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Contents;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Row;
import dev.aftercommit.relay.simulation.SimulatedDatabase.WalRecord;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.PackedEvents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Knows everything, and what must never be. */
final class Oracle {
    private final World world;
    private final Map<UUID, Place> places = new HashMap<>();
    /** Of prepared transactions that a database which has gone back commits once more. */
    private final Map<UUID, List<Place>> formerPlaces = new HashMap<>();

    private final Map<Integer, SimulatedProcess> leaders = new HashMap<>();
    private boolean lateWrite;
    private final Set<UUID> doneWithout = new HashSet<>();
    private final Set<UUID> everStored = new HashSet<>();
    private final Set<UUID> dropped = new HashSet<>();
    private @Nullable OutboxPosition lastDropped;

    /**
     * Where an event was committed.
     *
     * @param ordinal -1 when the publication did not deliver it
     * @param number counts all events
     */
    private record Place(long lsn, int ordinal, int number, String aggregate) {
        boolean isAt(OutboxPosition position) {
            return position.transactionLsn() == lsn && position.ordinal() == ordinal;
        }
    }

    Oracle(World world) {
        this.world = world;
    }

    void committed(Row row, long lsn, int ordinal) {
        world.say("  committed {} at {}/{}", row.id(), lsn, ordinal);
        Place before = places.put(row.id(), new Place(lsn, ordinal, places.size(), row.aggregate()));
        if (before != null) {
            formerPlaces.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(before);
        }
    }

    /** A message is about to be stored. */
    void stores(StoredMessage message, Stream stream, SimulatedProcess from) {
        SimulatedJournal journal = world.database().contents.journal;
        everStored.add(message.eventId());
        lateWrite |= journal.isEmpty()
                || !from.equals(leaders.get(journal.getLast().mark().term()));
        world.say("  stored {}: {} at {}", message.sequence(), message.eventId(), message.position());
        if (!lateWrite) {
            requireItsTurn(message, stream);
        }
        Place place = places.get(message.eventId());
        if (place == null) {
            world.violate("Event " + message.eventId() + " was never committed");
            return;
        }
        if (!world.causes().includeAChangedPast()) {
            requireOrder(place, message, stream);
        }
        boolean isWhereItWas = place.isAt(message.position())
                || formerPlaces.getOrDefault(message.eventId(), List.of()).stream()
                        .anyMatch(former -> former.isAt(message.position()));
        if (message.position().transactionLsn() != 0 && !isWhereItWas) {
            world.violate("Event " + message.eventId() + " was committed at " + place + " and is stored at "
                    + message.position());
        }
    }

    private void requireItsTurn(StoredMessage message, Stream stream) {
        if (stream.holds(message.eventId()) && !world.causes().includeARestoreOfWhatWasLost()) {
            world.violate("Event " + message.eventId() + " is stored twice");
        }
        StoredMessage newest = stream.newest();
        if (newest != null && newest.position().compareTo(message.position()) >= 0) {
            world.violate("Position " + message.position() + " is stored behind " + newest.position());
        }
    }

    /** Rows that were read from the table come in the order in which they were inserted, all others as they committed. */
    private void requireOrder(Place place, StoredMessage message, Stream stream) {
        for (StoredMessage before : stream.messages) {
            Place earlier = before == null ? null : places.get(before.eventId());
            if (earlier != null
                    && earlier.aggregate().equals(place.aggregate())
                    && earlier.number() > place.number()
                    && before.eventId().compareTo(message.eventId()) > 0) {
                world.violate("Event " + message.eventId() + " is stored behind " + before.eventId()
                        + ", a later one of its aggregate");
            }
        }
        if (!lateWrite) {
            for (SimulatedDatabase.Parked parked : world.database().contents.parked) {
                if (parked.event().event().equals(message.eventId())) {
                    world.violate("Event " + message.eventId() + " is stored though it is parked");
                }
            }
        }
    }

    /** A row of the journal is about to be committed. */
    void journaled(JournalRow row, SimulatedJournal journal, @Nullable SimulatedProcess process) {
        boolean isADecision = process instanceof HealProcess && row.kind() == JournalRow.Kind.DISCARDED;
        if (!isADecision && !Objects.equals(leaders.computeIfAbsent(row.mark().term(), term -> process), process)) {
            world.violate(
                    process + " writes in the term of " + leaders.get(row.mark().term()));
        }
        if (world.isTraced()) {
            StringBuilder ids = new StringBuilder();
            for (int i = 0; i < row.events().size(); i++) {
                ids.append(' ').append(row.events().id(i)).append('@').append(row.position(i));
            }
            world.say("  journal {}:{} {}", row.entry(), ids, row.mark());
        }
        if (row.entry() != journal.newest() + 1) {
            world.violate("Entry " + row.entry() + " of the journal follows entry " + journal.newest());
        }
        if (!journal.isEmpty() && row.mark().term() < journal.getLast().mark().term()) {
            world.violate("A leader of term " + row.mark().term() + " writes behind one of term "
                    + journal.getLast().mark().term());
        }
    }

    /** The journal has gone back with the database, and its terms with it. */
    void restored() {
        leaders.clear();
    }

    void begins(int number, NewEpoch epoch, List<Row> healed) {
        world.say("  epoch {}: {}", number, epoch);
        boolean isRequested = epoch.reason() == Epoch.Reason.RETRY
                && world.database().contents.parked.stream().anyMatch(parked -> parked.request() != null);
        if (epoch.reason() != Epoch.Reason.FIRST_START && epoch.incident() == null && !isRequested) {
            world.violate("Epoch " + number + " begins without an incident");
        }
        boolean hasGhosts =
                epoch.incident() != null && !epoch.incident().ghosts().isEmpty();
        boolean isFork = epoch.reason() == Epoch.Reason.FORK && !hasGhosts;
        if ((epoch.reason() == Epoch.Reason.HEAL || isFork) && !world.causes().includeAChangedPast()) {
            world.violate("Epoch " + number + " heals what nothing has broken: " + epoch.heal());
        }
        boolean saysThatItHeals = epoch.incident() != null && epoch.incident().kind() == Incident.Kind.UNJOURNALED_ROWS;
        if (saysThatItHeals && healed.isEmpty()) {
            world.violate("Epoch " + number + " says that it heals, and heals nothing: " + epoch.heal());
        }
    }

    /** Retention is about to drop rows. */
    void drops(List<Row> rows) {
        Contents now = world.database().contents;
        Set<UUID> excused = excused(now);
        Set<UUID> discarded = last(now, JournalRow.Kind.DISCARDED);
        for (Row row : rows) {
            world.say("  dropped {}", row.id());
            if (!everStored.contains(row.id()) && !discarded.contains(row.id()) && !excused.contains(row.id())) {
                world.violate("Event " + row.id() + " is dropped and was never stored in the stream");
            }
            dropped.add(row.id());
            OutboxPosition position = positions(now).get(row.id());
            boolean isHigher = lastDropped == null || (position != null && position.compareTo(lastDropped) > 0);
            lastDropped = isHigher ? position : lastDropped;
        }
    }

    /** Of each event of the journal that has its place in the stream, the last one. */
    private static Map<UUID, OutboxPosition> positions(Contents contents) {
        Map<UUID, OutboxPosition> positions = new HashMap<>();
        for (JournalRow row : contents.journal) {
            for (int i = 0; row.isOfStream() && i < row.events().size(); i++) {
                positions.put(row.events().id(i), row.position(i));
            }
        }
        return positions;
    }

    /** A stream that is made again begins behind the last event that retention has dropped. */
    private Set<UUID> beforeTheBeginning(Contents now) {
        Set<UUID> before = new HashSet<>();
        if (lastDropped != null && world.causes().includeLostMessages()) {
            positions(now).forEach((id, position) -> {
                if (position.compareTo(lastDropped) < 0) {
                    before.add(id);
                }
            });
        }
        return before;
    }

    /** The relay is about to confirm the slot. */
    void confirms(long from, long to) {
        world.say("  confirmed {} to {}", from, to);
        Contents now = world.database().contents;
        Set<UUID> journaled = null;
        for (WalRecord record : now.wal) {
            if (record.lsn() >= from && record.end() <= to) {
                for (Row row : record.rows()) {
                    journaled = journaled == null ? journaled(now) : journaled;
                    if (row.delivered() && !journaled.contains(row.id())) {
                        world.violate("The slot is confirmed up to " + to + ", and event " + row.id() + " of "
                                + record.lsn() + " is not in the journal");
                    }
                }
            }
        }
    }

    /**
     * Known limits. A row that could not be seen yet was taken for a ghost, and its message was removed from the stream
     * before it could be seen. And holes are counted: when messages were removed from the end more than once, one that was
     * removed from the middle in between, or before a copy was taken that is restored, may not be noticed. And when the
     * stream has lost its end, a message that another leader had sent before can be stored behind the gap before the new
     * leader fills it. And an event that was lost with the stream before it was journaled, got its place in a later epoch,
     * and came back with an old copy of the stream, is published in its new place, too.
     */
    private Set<UUID> excused(Contents now) {
        Set<UUID> excused = new HashSet<>();
        if (world.causes().includeLostMessages()) {
            excused.addAll(ghosts(now));
        }
        if (lateWrite && world.causes().includeALostEnd()) {
            now.rows.forEach(row -> excused.add(row.id()));
        }
        if (world.causes().includeALostEnd()) {
            excused.addAll(world.broker().removedInTheMiddle);
        }
        if (world.causes().includeOneOf(Plan.Kind.RESTORE_STREAM)) {
            excused.addAll(world.broker().removedAtTheEnd);
        }
        return excused;
    }

    private static Set<UUID> ghosts(Contents contents) {
        Set<UUID> ids = new HashSet<>();
        for (JournalRow row : contents.journal) {
            for (int i = 0;
                    row.kind() == JournalRow.Kind.GHOST && i < row.events().size();
                    i++) {
                ids.add(row.events().id(i));
            }
        }
        return ids;
    }

    private static Set<UUID> journaled(Contents contents) {
        Set<UUID> ids = new HashSet<>(contents.journal.prunedEvents());
        for (JournalRow row : contents.journal) {
            PackedEvents events = row.events();
            for (int i = 0; i < events.size(); i++) {
                ids.add(events.id(i));
            }
        }
        return ids;
    }

    /** The events whose last entry is of this kind. */
    private static Set<UUID> last(Contents contents, JournalRow.Kind kind) {
        Map<UUID, JournalRow.Kind> last = new HashMap<>();
        for (JournalRow row : contents.journal) {
            row.events().ids().forEach(id -> last.put(id, row.kind()));
        }
        Set<UUID> ids = new HashSet<>(last.keySet());
        ids.removeIf(id -> last.get(id) != kind);
        return ids;
    }

    /** Somebody has decided to do without what was removed. */
    void acceptsRemoval() {
        SimulatedBroker broker = world.broker();
        doneWithout.addAll(broker.removedInTheMiddle);
        doneWithout.addAll(broker.removedAtTheEnd);
        if (broker.stream != null) {
            doneWithout.removeAll(broker.stream.ids());
        }
    }

    /**
     * Why the world is not as it should be once everything is well; null when it is.
     *
     * @param unfitOnesWait whether the stream still does not take some events: they are parked, and no others wait for them
     */
    @Nullable
    String unrest(boolean unfitOnesWait) {
        Contents now = world.database().contents;
        Stream stream = world.broker().stream;
        Set<UUID> stored = stream == null ? Set.of() : stream.ids();
        Set<UUID> excused = excused(now);
        excused.addAll(beforeTheBeginning(now));
        Set<UUID> discarded = last(now, JournalRow.Kind.DISCARDED);
        Set<UUID> parked = last(now, JournalRow.Kind.PARKED);
        Set<UUID> held = new HashSet<>();
        now.parked.forEach(one -> held.add(one.event().event()));
        if (!held.equals(parked) || (!parked.isEmpty() && !unfitOnesWait)) {
            return parked + " are parked in the journal, and in the table " + now.parked;
        }
        for (Row row : now.rows) {
            if (excused.contains(row.id()) || parked.contains(row.id())) {
                continue;
            }
            if (!discarded.contains(row.id()) && !stored.contains(row.id()) && !doneWithout.contains(row.id())) {
                return "Event " + row.id() + " is not in the stream";
            }
        }
        Set<UUID> journaled = journaled(now);
        for (Row row : now.rows) {
            if (!journaled.contains(row.id())) {
                return "Event " + row.id() + " is not in the journal";
            }
        }
        return null;
    }

    /** What nobody has told people; null when they know everything. */
    @Nullable
    String untold() {
        Contents now = world.database().contents;
        Stream stream = world.broker().stream;
        Set<UUID> stored = stream == null ? Set.of() : stream.ids();
        Set<UUID> known = new HashSet<>(dropped);
        now.rows.forEach(row -> known.add(row.id()));
        now.incidents.forEach(incident -> known.addAll(incident.ghosts()));
        for (UUID id : stored) {
            if (!known.contains(id)) {
                return "Event " + id + " is in the stream and not in the database, and nobody says so";
            }
        }
        long losses = told(now, Incident.Kind.STREAM_REWOUND, Incident.Kind.STREAM_MADE_ANEW);
        long rewinds = 0;
        for (int i = 1; i < now.journal.size(); i++) {
            rewinds += now.journal.get(i).mark().end().sequence()
                            < now.journal.get(i - 1).mark().end().sequence()
                    ? 1
                    : 0;
        }
        if (rewinds > losses) {
            return "The stream's end went back " + rewinds + " times, and " + losses + " incidents say so";
        }
        boolean isForgotten = world.causes().includeOneOf(Plan.Kind.RESTORE, Plan.Kind.FAIL_OVER);
        if (losses + told(now, Incident.Kind.DECISION) == 0 && !isForgotten) {
            for (UUID id : dropped) {
                if (everStored.contains(id) && !stored.contains(id)) {
                    return "Event " + id + " was dropped, and the stream has lost it, and nobody says so";
                }
            }
        }
        return null;
    }

    private static long told(Contents now, Incident.Kind... kinds) {
        return now.incidents.stream()
                .filter(incident -> List.of(kinds).contains(incident.kind()))
                .count();
    }
}
