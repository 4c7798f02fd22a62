package dev.aftercommit.consumer.internal.stream;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
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
 * What is pulled from one JetStream consumer: asked for, on its way or here. It never repairs anything: whatever is not as it
 * should be ends it.
 *
 * <p>{@link #next} is for one thread, the rest is thread-safe.
 */
final class MessagePulls implements AutoCloseable {
    private static final String API = "$JS.API.CONSUMER.";
    private static final String PENDING_MESSAGES = "Nats-Pending-Messages";
    private static final Duration PULL_EXPIRES = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final long SILENCE_NANOS = HEARTBEAT.multipliedBy(3).toNanos();

    private final Connection nats;
    private final Dispatcher dispatcher;
    private final String streamAndConsumer;
    private final Demand demand;
    private final Bounds bounds;
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

    /** How many messages to ask for now. */
    @FunctionalInterface
    interface Demand {
        /**
         * Not positive to ask for none.
         *
         * @param requested so many are on their way, or asked for
         * @param here so many have come and were not taken
         */
        int more(int requested, int here);
    }

    /**
     * Of one pull.
     *
     * @param messages the most that it asks for
     * @param bytes the most that it brings; 0 for any size
     */
    record Bounds(int messages, long bytes) {}

    MessagePulls(Connection nats, Dispatcher dispatcher, String streamAndConsumer, Bounds bounds, Demand demand) {
        this.nats = nats;
        this.dispatcher = dispatcher;
        this.streamAndConsumer = streamAndConsumer;
        this.bounds = bounds;
        this.demand = demand;
        this.inbox = nats.createInbox();
        this.subscription = dispatcher.subscribe(inbox, this::arrive);
    }

    /**
     * The next messages that are here already, or else the first ones to come.
     *
     * @return empty when none came in time or somebody called {@link #wake()}
     */
    List<Message> next(int max, Duration patience) throws FeedLostException, InterruptedException {
        lock.lock();
        try {
            long nanos = patience.toNanos();
            while (true) {
                request();
                if (!arrived.isEmpty()) {
                    return take(max);
                }
                requireAlive();
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

    /** Before {@link #next} is called again, so that what comes is on its way while what was taken is handled. */
    void askAhead() {
        lock.lock();
        try {
            request();
        } finally {
            lock.unlock();
        }
    }

    private List<Message> take(int max) {
        List<Message> taken = new ArrayList<>(Math.min(max, arrived.size()));
        while (taken.size() < max && !arrived.isEmpty()) {
            taken.add(arrived.removeFirst());
        }
        return taken;
    }

    private void requireAlive() throws FeedLostException {
        if (lost != null) {
            throw new FeedLostException(lost);
        }
        if (requested > 0 && System.nanoTime() - lastHeard > SILENCE_NANOS) {
            throw new FeedLostException("The server has gone silent.");
        }
    }

    /** The last message that is here; null when none is. */
    @Nullable
    Message newest() {
        lock.lock();
        try {
            return arrived.peekLast();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages are here. */
    int here() {
        lock.lock();
        try {
            return arrived.size();
        } finally {
            lock.unlock();
        }
    }

    /** What is here or on its way. */
    int outstanding() {
        lock.lock();
        try {
            return requested + arrived.size();
        } finally {
            lock.unlock();
        }
    }

    /** Lets a waiting {@link #next} return. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all that is here, and lets nothing more come. */
    List<Message> drain() {
        lock.lock();
        try {
            lost = "It is closed.";
            return take(arrived.size());
        } finally {
            lock.unlock();
        }
    }

    /** It ends for this reason, without what is here. */
    void lose(String reason) {
        lock.lock();
        try {
            arrived.clear();
            lost = reason;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the server to forget the consumer. */
    void deleteConsumer() {
        tell("DELETE.", null);
    }

    /** Forgets what was pulled. */
    @Override
    public void close() {
        try {
            dispatcher.unsubscribe(subscription);
        } catch (IllegalStateException connectionClosed) {
            return; // then nothing comes any more
        }
    }

    /** False when the connection is closed. */
    private boolean tell(String what, byte @Nullable [] how) {
        try {
            nats.publish(API + what + streamAndConsumer, inbox, how);
            return true;
        } catch (IllegalStateException connectionClosed) {
            return false;
        }
    }

    private void request() {
        int more = lost == null ? Math.min(demand.more(requested, arrived.size()), bounds.messages()) : 0;
        if (more <= 0) {
            return;
        }
        if (requested == 0) {
            lastHeard = System.nanoTime();
        }
        int asked = nextIsTooBig ? 1 : more;
        if (tell("MSG.NEXT.", pull(asked, nextIsTooBig ? 0 : bounds.bytes()))) {
            requested += asked;
            nextIsTooBig = false;
        } else {
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
        nextIsTooBig |= tooBig && cancelled >= bounds.messages();
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
