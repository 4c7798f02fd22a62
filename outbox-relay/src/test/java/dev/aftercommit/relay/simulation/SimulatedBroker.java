package dev.aftercommit.relay.simulation;

import dev.aftercommit.relay.publish.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A nats-server with one stream, and the network between it and the relays. */
final class SimulatedBroker {
    /**
     * What a message is made of, as far as the server cares.
     *
     * @param isDisliked whether the stream does not take it as long as its limits are narrow
     */
    record Incoming(String messageId, StoredMessage message, long expectedLast, boolean isDisliked) {}

    /** By its message id, where a message was stored. */
    record Remembered(long sequence, long until) {}

    /** The stream. */
    static final class Stream {
        @Nullable
        UUID history;

        @Nullable
        UUID branch;

        long last;
        final List<@Nullable StoredMessage> messages = new ArrayList<>();
        final Map<String, Remembered> remembered = new HashMap<>();

        Stream copy() {
            Stream copy = new Stream();
            copy.history = history;
            copy.branch = branch;
            copy.last = last;
            copy.messages.addAll(messages);
            copy.remembered.putAll(remembered);
            return copy;
        }

        @Nullable
        StoredMessage at(long sequence) {
            return sequence < 1 || sequence > messages.size() ? null : messages.get((int) sequence - 1);
        }

        /** The last that is there. */
        @Nullable
        StoredMessage newest() {
            for (int i = messages.size() - 1; i >= 0; i--) {
                if (messages.get(i) != null) {
                    return messages.get(i);
                }
            }
            return null;
        }

        long first() {
            for (int i = 0; i < messages.size(); i++) {
                if (messages.get(i) != null) {
                    return i + 1L;
                }
            }
            return last + 1;
        }

        long count() {
            long count = 0;
            for (StoredMessage message : messages) {
                count += message == null ? 0 : 1;
            }
            return count;
        }

        boolean holds(UUID id) {
            for (StoredMessage message : messages) {
                if (message != null && message.eventId().equals(id)) {
                    return true;
                }
            }
            return false;
        }

        Set<UUID> ids() {
            Set<UUID> ids = new HashSet<>();
            messages.stream().filter(message -> message != null).forEach(message -> ids.add(message.eventId()));
            return ids;
        }
    }

    /** The answer to a message that is not at its turn. */
    static final long OUT_OF_TURN = 0;

    /** To one that is not taken for its own sake. */
    static final long REFUSED = Long.MIN_VALUE;

    /** To one that nobody takes. */
    static final long NO_STREAM = Long.MAX_VALUE;

    private static final long WINDOW_MILLIS = 120_000;

    private final World world;
    private final SplittableRandom random;
    private final List<SimulatedPublisher> publishers = new ArrayList<>();

    /** It looks at a message's size and id before it asks whether that is at its turn; a server alone does it after. */
    boolean isCluster;

    @Nullable
    Stream stream;

    final Set<UUID> removedInTheMiddle = new HashSet<>();
    final Set<UUID> removedAtTheEnd = new HashSet<>();
    private @Nullable Stream copy;
    /** Of connections, as in the database. */
    int generation;

    long downUntil;
    /** How many of the next messages, and acknowledgements, get lost. */
    int messagesToLose;

    int acknowledgementsToLose;

    SimulatedBroker(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.isCluster = random.nextBoolean();
    }

    void connect(SimulatedPublisher publisher) {
        publishers.add(publisher);
    }

    boolean isDown() {
        return world.now() < downUntil;
    }

    /** Lets something travel. */
    void carry() {
        if (publishers.isEmpty() || isDown()) {
            return;
        }
        int index = random.nextInt(publishers.size());
        SimulatedPublisher publisher = publishers.get(index);
        if (!publisher.carry() && publisher.isClosed()) {
            publishers.set(index, publishers.getLast());
            publishers.removeLast();
        }
    }

    /** Takes a message: its sequence, or minus the sequence of what it repeats, or one of the answers that say why not. */
    long take(Incoming incoming, SimulatedProcess from) {
        Stream to = stream;
        if (to == null) {
            return NO_STREAM;
        }
        boolean isOutOfTurn = to.last != incoming.expectedLast();
        boolean isRefused = incoming.isDisliked() && !world.areLimitsWide();
        if (isCluster ? isRefused : isOutOfTurn) {
            return isCluster ? REFUSED : OUT_OF_TURN;
        }
        Remembered known = to.remembered.get(incoming.messageId());
        if (known != null && world.now() < known.until()) {
            return -known.sequence();
        }
        if (isOutOfTurn || isRefused) {
            return isOutOfTurn ? OUT_OF_TURN : REFUSED;
        }
        StoredMessage sent = incoming.message();
        StoredMessage stored = new StoredMessage(to.last + 1, sent.eventId(), sent.position(), sent.time());
        world.oracle().stores(stored, to, from);
        to.messages.add(stored);
        to.last++;
        to.remembered.put(incoming.messageId(), new Remembered(to.last, world.now() + WINDOW_MILLIS));
        return to.last;
    }

    // What breaks, and what people do

    void cut(int argument) {
        generation++;
        publishers.forEach(SimulatedPublisher::cut);
        downUntil = world.now() + argument % 3_000;
    }

    boolean delete() {
        boolean deleted = stream != null;
        stream = null;
        return deleted;
    }

    /** Removes everything before a sequence. */
    boolean purge(boolean everything, int argument) {
        if (stream == null || stream.messages.isEmpty()) {
            return false;
        }
        int end = everything ? stream.messages.size() : argument % stream.messages.size();
        for (int i = 0; i < end; i++) {
            remove(i, everything);
        }
        return end > 0;
    }

    boolean deleteMessage(boolean last, int argument) {
        if (stream == null || stream.messages.isEmpty()) {
            return false;
        }
        int index = last ? stream.messages.size() - 1 : argument % stream.messages.size();
        boolean deleted = stream.messages.get(index) != null;
        remove(index, last);
        return deleted;
    }

    private void remove(int index, boolean atEnd) {
        StoredMessage message = stream.messages.set(index, null);
        if (message != null) {
            (atEnd ? removedAtTheEnd : removedInTheMiddle).add(message.eventId());
        }
    }

    boolean takeCopy() {
        copy = stream == null ? null : stream.copy();
        return copy != null;
    }

    boolean restore() {
        if (copy == null) {
            return false;
        }
        cut(500);
        stream = copy.copy();
        return true;
    }
}
