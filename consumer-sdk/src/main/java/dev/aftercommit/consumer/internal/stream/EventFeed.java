package dev.aftercommit.consumer.internal.stream;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one JetStream consumer in order and without a gap, pulled ahead within bounds. It never repairs
 * anything: whatever is not as it should be ends it, and another one is opened after the checkpoint.
 *
 * <p>{@link #next} is for one thread, the rest is thread-safe.
 */
public final class EventFeed implements AutoCloseable {
    private static final MessagePulls.Bounds PULL = new MessagePulls.Bounds(256, 4L << 20);

    private final boolean openedAtEnd;
    private final MessagePulls pulls;
    private long consumerSequence;
    private volatile long streamSequence;
    private volatile long pending;

    /**
     * Of a JetStream consumer that was just created, on which nothing was pulled yet.
     *
     * @param start the first stream sequence that it can deliver
     */
    EventFeed(Connection nats, Dispatcher dispatcher, ConsumerInfo consumer, long start) {
        this.pending = consumer.getNumPending();
        this.openedAtEnd = pending == 0;
        this.streamSequence = start - 1;
        this.pulls = new MessagePulls(
                nats, dispatcher, consumer.getStreamName() + '.' + consumer.getName(), PULL, EventFeed::more);
    }

    /** Keeps between half a pull and one and a half under way or here. */
    private static int more(int requested, int here) {
        return requested + here > PULL.messages() / 2 ? 0 : PULL.messages();
    }

    /**
     * The next messages that are here already, or else the first ones to come.
     *
     * @return empty when none came in time or somebody called {@link #wake()}
     */
    public List<Delivery> next(int max, Duration patience) throws FeedLostException, InterruptedException {
        List<Message> messages = pulls.next(max, patience);
        pulls.askAhead();
        List<Delivery> taken = new ArrayList<>(messages.size());
        for (Message message : messages) {
            String broken = broken(message);
            if (broken == null) {
                taken.add(take(message));
                continue;
            }
            pulls.lose(broken);
            if (taken.isEmpty()) {
                throw new FeedLostException(broken);
            }
            break;
        }
        return taken;
    }

    /** Why this is not the next message; null when it is. */
    private @Nullable String broken(Message message) {
        if (!message.isJetStream()) {
            return "A message came that is not the stream's.";
        }
        NatsJetStreamMetaData meta = message.metaData();
        return meta.consumerSequence() == consumerSequence + 1 && meta.streamSequence() > streamSequence
                ? null
                : "After message " + consumerSequence + " of the consumer came " + meta.consumerSequence() + ".";
    }

    private Delivery take(Message message) {
        NatsJetStreamMetaData meta = message.metaData();
        consumerSequence = meta.consumerSequence();
        streamSequence = meta.streamSequence();
        pending = meta.pendingCount();
        return new Delivery(streamSequence, message);
    }

    /** Whether the stream held nothing for it when it was opened. */
    public boolean openedAtEnd() {
        return openedAtEnd;
    }

    /** The stream sequence of the last message that {@link #next} returned; the one before the start at first. */
    public long lastSequence() {
        return streamSequence;
    }

    /** The stream sequence of the last message that is here, returned or not. */
    public long arrivedUpTo() {
        Message newest = pulls.newest();
        return newest != null && newest.isJetStream() ? newest.metaData().streamSequence() : streamSequence;
    }

    /** How many messages {@link #next} has not returned: those that are here, and what the stream held when the last one came. */
    public long pending() {
        Message newest = pulls.newest();
        return newest != null && newest.isJetStream()
                ? pulls.here() + newest.metaData().pendingCount()
                : pending;
    }

    /** Lets a waiting {@link #next} return. */
    public void wake() {
        pulls.wake();
    }

    /** Forgets what was pulled. The server forgets the consumer, too, at the latest when it was idle for a while. */
    @Override
    public void close() {
        pulls.close();
        pulls.deleteConsumer();
    }
}
