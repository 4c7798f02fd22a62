package dev.aftercommit.consumer.internal.stream;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.nats.client.support.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one JetStream consumer in order and without a gap, pulled ahead within bounds. It never repairs
 * anything: whatever is not as it should be ends it, and another one is opened after the checkpoint.
 *
 * <p>{@link #next} is for one thread, the rest is thread-safe.
 */
public final class EventFeed implements AutoCloseable {
    private static final String API = "$JS.API.CONSUMER.";
    private static final String PENDING_MESSAGES = "Nats-Pending-Messages";
    private static final int PULL_MESSAGES = 256;
    private static final long PULL_BYTES = 4L << 20;
    private static final Duration PULL_EXPIRES = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final long SILENCE_NANOS = HEARTBEAT.multipliedBy(3).toNanos();
    private static final byte[] PULL = pull(PULL_MESSAGES, PULL_BYTES);
    private static final byte[] PULL_ONE_OF_ANY_SIZE = pull(1, 0);

    private final Connection nats;
    private final Dispatcher dispatcher;
    private final String streamAndConsumer;
    private final boolean openedAtEnd;
    private final String inbox;
    private final Subscription subscription;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Message> arrived = new ArrayDeque<>();
    private int requested;
    private boolean nextIsTooBig;
    private boolean woken;
    private @Nullable String lost;
    private long lastHeard;
    private long consumerSequence;
    private long streamSequence;
    private long pending;

    /**
     * Of a JetStream consumer that was just created, on which nothing was pulled yet.
     *
     * @param start the first stream sequence that it can deliver
     */
    EventFeed(Connection nats, Dispatcher dispatcher, ConsumerInfo consumer, long start) {
        this.nats = nats;
        this.dispatcher = dispatcher;
        this.streamAndConsumer = consumer.getStreamName() + '.' + consumer.getName();
        this.pending = consumer.getNumPending();
        this.openedAtEnd = pending == 0;
        this.streamSequence = start - 1;
        this.inbox = nats.createInbox();
        this.subscription = dispatcher.subscribe(inbox, this::arrive);
    }

    /**
     * The next messages that are here already, or else the first ones to come.
     *
     * @return empty when none came in time or somebody called {@link #wake()}
     */
    public List<Delivery> next(int max, Duration patience) throws FeedLostException, InterruptedException {
        lock.lock();
        try {
            long nanos = patience.toNanos();
            while (true) {
                request();
                if (!arrived.isEmpty()) {
                    List<Delivery> taken = take(max);
                    request();
                    return taken;
                }
                if (lost != null) {
                    throw new FeedLostException(lost);
                }
                if (requested > 0 && System.nanoTime() - lastHeard > SILENCE_NANOS) {
                    throw new FeedLostException("The server has gone silent.");
                }
                if (woken || nanos <= 0) {
                    woken = false;
                    return List.of();
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the stream held nothing for it when it was opened. */
    public boolean openedAtEnd() {
        return openedAtEnd;
    }

    /** The stream sequence of the last message that {@link #next} returned; the one before the start at first. */
    public long lastSequence() {
        lock.lock();
        try {
            return streamSequence;
        } finally {
            lock.unlock();
        }
    }

    /** The stream sequence of the last message that is here, returned or not. */
    public long arrivedUpTo() {
        lock.lock();
        try {
            Message last = arrived.peekLast();
            return last != null && last.isJetStream() ? last.metaData().streamSequence() : streamSequence;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages {@link #next} has not returned: those that are here, and what the stream held when the last one came. */
    public long pending() {
        lock.lock();
        try {
            Message last = arrived.peekLast();
            return last != null && last.isJetStream()
                    ? arrived.size() + last.metaData().pendingCount()
                    : pending;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a waiting {@link #next} return. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was pulled. The server forgets the consumer, too, at the latest when it was idle for a while. */
    @Override
    public void close() {
        try {
            dispatcher.unsubscribe(subscription);
            nats.publish(API + "DELETE." + streamAndConsumer, inbox, null);
        } catch (IllegalStateException connectionClosed) {
            return; // nobody is there to tell
        }
    }

    private List<Delivery> take(int max) throws FeedLostException {
        List<Delivery> taken = new ArrayList<>(Math.min(max, arrived.size()));
        while (taken.size() < max && !arrived.isEmpty()) {
            Message message = arrived.removeFirst();
            if (!message.isJetStream()) {
                lose("A message came that is not the stream's.");
                break;
            }
            NatsJetStreamMetaData meta = message.metaData();
            if (meta.consumerSequence() != consumerSequence + 1 || meta.streamSequence() <= streamSequence) {
                lose("After message " + consumerSequence + " of the consumer came " + meta.consumerSequence() + ".");
                break;
            }
            consumerSequence = meta.consumerSequence();
            streamSequence = meta.streamSequence();
            pending = meta.pendingCount();
            taken.add(new Delivery(streamSequence, message));
        }
        if (taken.isEmpty()) {
            throw new FeedLostException(String.valueOf(lost));
        }
        return taken;
    }

    private void lose(String reason) {
        arrived.clear();
        lost = reason;
    }

    /** Keeps between half a pull and one and a half under way or here. */
    private void request() {
        if (lost != null || requested + arrived.size() > PULL_MESSAGES / 2) {
            return;
        }
        if (requested == 0) {
            lastHeard = System.nanoTime();
        }
        try {
            nats.publish(API + "MSG.NEXT." + streamAndConsumer, inbox, nextIsTooBig ? PULL_ONE_OF_ANY_SIZE : PULL);
            requested += nextIsTooBig ? 1 : PULL_MESSAGES;
            nextIsTooBig = false;
        } catch (IllegalStateException e) {
            lose("The connection to NATS is closed.");
        }
    }

    private void arrive(Message message) {
        lock.lock();
        try {
            lastHeard = System.nanoTime();
            if (message.isStatusMessage()) {
                understand(message.getStatus(), message.getHeaders());
            } else if (lost == null) {
                requested--;
                arrived.add(message);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A pull that came to its end says how much of it is left. Everything else that is not a heartbeat is an end. */
    private void understand(Status status, @Nullable Headers headers) {
        if (status.getCode() == Status.FLOW_OR_HEARTBEAT_STATUS_CODE) {
            return;
        }
        String left = headers == null ? null : headers.getFirst(PENDING_MESSAGES);
        boolean tooBig = status.getMessage().equals(Status.MESSAGE_SIZE_EXCEEDS_MAX_BYTES);
        boolean batchEnded = tooBig || status.getMessage().equals(Status.BATCH_COMPLETED);
        boolean pullEnded = status.getCode() == Status.REQUEST_TIMEOUT_CODE
                || (status.getCode() == Status.CONFLICT_CODE && batchEnded);
        if (left == null || !pullEnded) {
            if (lost == null) {
                lost = "The server says \"" + status.getMessageWithCode() + "\".";
            }
            return;
        }
        int cancelled = Integer.parseInt(left);
        requested = Math.max(0, requested - cancelled);
        nextIsTooBig |= tooBig && cancelled >= PULL_MESSAGES;
    }

    private static byte[] pull(int messages, long bytes) {
        return PullRequestOptions.builder(messages)
                .maxBytes(bytes)
                .expiresIn(PULL_EXPIRES)
                .idleHeartbeat(HEARTBEAT)
                .build()
                .toJson()
                .getBytes(StandardCharsets.UTF_8);
    }
}
