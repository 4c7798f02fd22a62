package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.publish.SimulatedAnswers;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.routing.OutboundMessage;
import dev.aftercommit.relay.simulation.SimulatedBroker.Incoming;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Trouble;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@link Publisher} into a simulated broker. What a process has sent travels on when it is dead; what was acknowledged to
 * it while it was frozen it reads when it wakes up.
 */
final class SimulatedPublisher implements Publisher {
    private static final long ANSWER_MILLIS = 5_000;
    private static final String DISLIKE = "the stream does not like it";

    private final World world;
    private final SimulatedBroker broker;
    private final SimulatedProcess process;
    private final long lastSequence;
    private final SimulatedAnswers counted;
    private final Deque<Incoming> sent = new ArrayDeque<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final int generation;
    private long published;
    private long lastProgress;
    private boolean closed;
    private @Nullable AftercommitException failure;
    private @Nullable Refused refused;

    /**
     * What the server said.
     *
     * @param sequence as {@link SimulatedBroker#take} gives it
     */
    private record Answer(long index, long sequence, UUID event) {}

    SimulatedPublisher(World world, SimulatedProcess process, long lastSequence) {
        this.world = world;
        this.broker = world.broker();
        this.process = process;
        this.lastSequence = lastSequence;
        this.counted = new SimulatedAnswers(lastSequence);
        this.generation = broker.generation;
        this.lastProgress = world.now();
    }

    @Override
    public boolean awaitCapacity(Duration timeout) {
        long deadline = world.now() + timeout.toMillis();
        while (failure() == null && published - acknowledged() >= world.window()) {
            if (world.now() >= deadline) {
                return false;
            }
            world.pause(20);
        }
        return failure == null;
    }

    @Override
    public void publish(OutboundMessage message) {
        world.enter(process, "publish", World.Server.NONE);
        if (published == acknowledged()) {
            lastProgress = world.now();
        }
        long index = published++;
        world.say("  publishes {} at {}, expecting {}", message.eventId(), message.position(), lastSequence + index);
        if (unfit(message) != null) {
            world.violate("Event " + message.eventId() + " is published though it is too large");
        }
        if (generation == broker.generation) {
            sent.add(incoming(message, lastSequence + index));
        }
        world.leave(process, "publish", World.Server.NONE);
    }

    private static Incoming incoming(OutboundMessage message, long expectedLast) {
        String headers = new String(message.headers(), StandardCharsets.US_ASCII);
        return new Incoming(
                header(headers, HeaderNames.NATS_MSG_ID),
                new StoredMessage(
                        0, message.eventId(), message.position(), Instant.parse(header(headers, HeaderNames.CE_TIME))),
                expectedLast,
                body(message).equals(Trouble.REFUSED.name()));
    }

    /** Without its quotes. */
    private static String body(OutboundMessage message) {
        return new String(message.body(), 1, message.body().length - 2, StandardCharsets.US_ASCII);
    }

    @Override
    public @Nullable String unfit(OutboundMessage message) {
        return body(message).equals(Trouble.TOO_LARGE.name()) ? "it is too large" : null;
    }

    private static String header(String headers, String name) {
        int from = headers.indexOf('\n' + name + ':') + name.length() + 2;
        return headers.substring(from, headers.indexOf('\r', from));
    }

    /** Lets one message, or one answer, arrive. */
    boolean carry() {
        if (!answers.isEmpty() && (sent.isEmpty() || world.chance(2))) {
            if (process.isFrozen()) {
                return true;
            }
            Answer answer = answers.poll();
            if (broker.acknowledgementsToLose > 0) {
                broker.acknowledgementsToLose--;
                world.say("  an acknowledgement is lost");
            } else if (!process.isKilled() && !closed) {
                read(answer);
            }
            return true;
        }
        Incoming incoming = sent.poll();
        if (incoming == null) {
            return false;
        }
        long index = incoming.expectedLast() - lastSequence;
        if (broker.messagesToLose > 0) {
            broker.messagesToLose--;
            world.say("  message {} is lost", incoming.message().eventId());
        } else {
            answers.add(new Answer(
                    index,
                    world.guarded(() -> broker.take(incoming, process)),
                    incoming.message().eventId()));
        }
        return true;
    }

    private void read(Answer answer) {
        long before = acknowledged();
        fail(count(answer));
        if (acknowledged() > before) {
            lastProgress = world.now();
        }
    }

    private @Nullable AftercommitException count(Answer answer) {
        long sequence = answer.sequence();
        if (sequence == SimulatedBroker.OUT_OF_TURN) {
            return counted.outOfTurn(answer.index());
        }
        if (sequence == SimulatedBroker.NO_STREAM) {
            return counted.noStream(answer.index());
        }
        if (sequence == SimulatedBroker.REFUSED) {
            refused = refused != null ? refused : new Refused(answer.event(), DISLIKE);
            return counted.refused(answer.index(), DISLIKE);
        }
        return counted.stored(answer.index(), Math.abs(sequence), sequence < 0);
    }

    private void fail(@Nullable AftercommitException cause) {
        failure = failure != null ? failure : cause;
    }

    private void lose(String text) {
        fail(new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, text));
    }

    /** Of what is on its way some has arrived; nobody hears of it. */
    void cut() {
        while (!sent.isEmpty() && world.chance(2)) {
            Incoming incoming = sent.poll();
            world.guarded(() -> broker.take(incoming, process));
        }
        sent.clear();
        answers.clear();
        lose("The connection to NATS was lost.");
    }

    boolean isClosed() {
        return closed || process.isKilled();
    }

    @Override
    public long published() {
        return published;
    }

    @Override
    public long acknowledged() {
        return counted.acknowledged();
    }

    @Override
    public @Nullable AftercommitException failure() {
        if (generation != broker.generation) {
            lose("The connection to NATS was lost.");
        }
        if (published > acknowledged() && world.now() - lastProgress > ANSWER_MILLIS) {
            lose("JetStream has not answered.");
        }
        return failure;
    }

    @Override
    public @Nullable Refused refused() {
        return refused;
    }

    @Override
    public boolean settle(Duration timeout) {
        long deadline = world.now() + timeout.toMillis();
        while (counted.answered() < published) {
            if (world.now() >= deadline || generation != broker.generation) {
                return false;
            }
            world.pause(20);
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
