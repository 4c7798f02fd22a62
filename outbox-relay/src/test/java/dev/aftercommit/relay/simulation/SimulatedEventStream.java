package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.simulation.SimulatedBroker.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link EventStream} by a simulated broker, through one connection. */
final class SimulatedEventStream implements EventStream {
    private static final int BATCH = 4;

    private final World world;
    private final SimulatedBroker broker;
    private final SimulatedProcess process;
    private final int generation;

    SimulatedEventStream(World world, SimulatedProcess process) {
        this.world = world;
        this.broker = world.broker();
        this.process = process;
        this.generation = broker.generation;
    }

    private <T> T call(String what, Supplier<T> work) {
        world.enter(process, what, World.Server.BROKER);
        requireConnection(what);
        T result = work.get();
        world.leave(process, what, World.Server.BROKER);
        return result;
    }

    private void requireConnection(String what) {
        if (broker.isDown() || broker.generation != generation) {
            throw unavailable(what);
        }
    }

    static AftercommitException unavailable(String what) {
        return new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, "The broker went away during " + what + ".");
    }

    @Override
    public String name() {
        return "OUTBOX_bank";
    }

    @Override
    public @Nullable StreamState look() {
        return call("lookAtStream", () -> {
            Stream stream = broker.stream;
            return stream == null
                    ? null
                    : new StreamState(
                            new StreamState.Labels(8, stream.history, stream.branch),
                            new StreamState.Extent(stream.first(), stream.last, stream.count()),
                            new StreamState.Shape(
                                    1, false, false, Integer.MAX_VALUE, stream.history + "/" + stream.branch));
        });
    }

    @Override
    public void make(@Nullable String likeness) {
        call("makeStream", () -> {
            if (broker.stream == null) {
                broker.stream = new Stream();
                if (likeness != null) {
                    int slash = likeness.indexOf('/');
                    broker.stream.history = uuid(likeness.substring(0, slash));
                    broker.stream.branch = uuid(likeness.substring(slash + 1));
                }
            }
            return true;
        });
    }

    private static @Nullable UUID uuid(String text) {
        return text.equals("null") ? null : UUID.fromString(text);
    }

    @Override
    public void delete() {
        call("deleteStream", () -> {
            broker.delete();
            world.causes().add(Plan.Kind.DELETE_STREAM);
            return null;
        });
    }

    @Override
    public void label(UUID history, UUID branch) {
        call("label", () -> {
            if (broker.stream != null) {
                broker.stream.history = history;
                broker.stream.branch = branch;
            }
            return true;
        });
    }

    @Override
    public @Nullable StoredMessage message(long sequence) {
        return call("message", () -> broker.stream == null ? null : broker.stream.at(sequence));
    }

    @Override
    public @Nullable StoredMessage last() {
        return call("lastMessage", () -> broker.stream == null ? null : broker.stream.newest());
    }

    @Override
    public void read(long from, long to, Consumer<List<StoredMessage>> batch) {
        StoredMessage end = last();
        long last = end == null ? 0 : Math.min(to, end.sequence());
        long next = from;
        while (next <= last) {
            long start = next;
            List<StoredMessage> messages = call("read", () -> batch(start, last));
            if (messages.isEmpty()) {
                return;
            }
            next = messages.getLast().sequence() + 1;
            batch.accept(messages);
        }
    }

    /** The next that are there; none when what comes next is beyond the end. */
    private List<StoredMessage> batch(long from, long to) {
        StoredMessage newest = broker.stream == null ? null : broker.stream.newest();
        if (newest == null || newest.sequence() < from) {
            throw unavailable("reading: nothing came");
        }
        List<StoredMessage> messages = new ArrayList<>();
        for (long sequence = from; sequence <= to && messages.size() < BATCH; sequence++) {
            StoredMessage message = broker.stream.at(sequence);
            if (message != null) {
                messages.add(message);
            }
        }
        return messages;
    }

    @Override
    public Publisher publisher(StreamState now) {
        requireConnection("the start of publishing");
        SimulatedPublisher publisher =
                new SimulatedPublisher(world, process, now.extent().last());
        broker.connect(publisher);
        return publisher;
    }
}
