package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.routing.OutboundMessage;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes pipelined, each message on the condition that the stream ends where it is predicted to end: a message that
 * is lost or a second writer stops everything behind it, so that the stream has neither holes nor disorder. After the
 * first answer that is not as predicted the publisher has failed for good; the next run reads the stream's tail and
 * goes on from there.
 *
 * <p>One thread publishes. Acknowledgements come on a thread of the NATS client.
 */
public final class FencedPublisher implements Publisher {
    /** Messages without an answer yet. Servers of 2.11 drop what exceeds 10,000 for one stream. */
    public static final int WINDOW = 4_096;

    /** What JetStream takes of headers. */
    private static final int MAX_HEADER_BYTES = 65_535;

    private static final long WINDOW_BYTES = 16L << 20;
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Connection connection;
    private final long lastSequence;
    private final int maxMessageBytes;
    private final String inbox;
    private final Dispatcher dispatcher;
    private final AckLedger ledger;
    private final int[] sizes = new int[WINDOW];
    private final UUID[] events = new UUID[WINDOW];
    private final AtomicReference<@Nullable AftercommitException> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable Refused> refused = new AtomicReference<>();

    private long published;
    private long publishedBytes;
    private volatile long publishedSeen;
    private volatile long acknowledged;
    private volatile long acknowledgedBytes;
    private volatile long answered;
    private volatile long lastProgress = System.nanoTime();
    private volatile @Nullable Thread waiting;

    /**
     * @param lastSequence the stream's last sequence
     * @param maxMessageBytes what the stream takes, headers included; the server may take less
     */
    public FencedPublisher(Connection connection, long lastSequence, int maxMessageBytes) {
        this.connection = connection;
        this.lastSequence = lastSequence;
        this.maxMessageBytes = maxMessageBytes;
        this.ledger = new AckLedger(lastSequence);
        this.inbox = connection.createInbox() + '.';
        this.dispatcher = connection.createDispatcher(this::onAnswer);
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe(inbox + '*');
    }

    /** Waits until there is room for a message; false when there was none within the time or the publisher has failed. */
    @Override
    public boolean awaitCapacity(Duration timeout) throws InterruptedException {
        if (failure.get() != null) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            return false;
        }
        if (hasCapacity(WINDOW, WINDOW_BYTES)) {
            return true;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        waiting = Thread.currentThread();
        try {
            // Wait for a good part of the window: to be woken for each acknowledgement costs more than it gains.
            while (!hasCapacity(WINDOW * 3 / 4, WINDOW_BYTES * 3 / 4)) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || failure.get() != null) {
                    return false;
                }
                LockSupport.parkNanos(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return true;
        } finally {
            waiting = null;
        }
    }

    private boolean hasCapacity(int messages, long bytes) {
        return published - acknowledged < messages && publishedBytes - acknowledgedBytes < bytes;
    }

    @Override
    public @Nullable String unfit(OutboundMessage message) {
        int headers = EncodedHeaders.lengthAtMost(message.headers());
        if (headers > MAX_HEADER_BYTES) {
            return "its headers are " + headers + " bytes, and JetStream takes " + MAX_HEADER_BYTES;
        }
        long most = Math.min(connection.getMaxPayload(), maxMessageBytes);
        long size = (long) headers + message.body().length;
        return size <= most
                ? null
                : "it is " + size + " bytes with its headers, and "
                        + (most == maxMessageBytes ? "the stream (max_msg_size)" : "the server (max_payload)")
                        + " takes " + most;
    }

    /** Sends a message. There must be {@linkplain #awaitCapacity capacity}. */
    @Override
    public void publish(OutboundMessage message) {
        if (published == acknowledged) {
            lastProgress = System.nanoTime();
        }
        sizes[(int) (published % WINDOW)] = message.size();
        events[(int) (published % WINDOW)] = message.eventId();
        long index = published++;
        publishedBytes += message.size();
        publishedSeen = published;
        try {
            connection.publish(
                    message.subject(),
                    inbox + index,
                    new EncodedHeaders(message.headers(), lastSequence + index),
                    message.body());
        } catch (IllegalStateException e) {
            fail(new AftercommitException(
                    ErrorCode.BROKER_UNAVAILABLE, "The connection to NATS was lost: " + Reason.of(e) + ".", e));
        }
    }

    private void onAnswer(Message message) {
        long index = Long.parseLong(
                message.getSubject(), inbox.length(), message.getSubject().length(), 10);
        Acknowledgement acknowledgement = message.isStatusMessage()
                ? new Acknowledgement.Retryable("status " + message.getStatus())
                : Acknowledgement.parse(message.getData());
        if (acknowledgement instanceof Acknowledgement.Refused its) {
            refused.compareAndSet(null, new Refused(events[(int) (index % WINDOW)], its.reason()));
        }
        AftercommitException ended = ledger.answer(index, acknowledgement);
        long before = acknowledged;
        long now = ledger.acknowledged();
        if (now > before) {
            long bytes = acknowledgedBytes;
            for (long i = before; i < now; i++) {
                bytes += sizes[(int) (i % WINDOW)];
            }
            acknowledgedBytes = bytes;
            acknowledged = now;
            lastProgress = System.nanoTime();
        }
        answered = ledger.answered();
        if (ended != null) {
            fail(ended);
        }
        Thread thread = waiting;
        if (thread != null && (ended != null || publishedSeen - now <= WINDOW * 3 / 4)) {
            LockSupport.unpark(thread);
        }
    }

    private void fail(AftercommitException cause) {
        failure.compareAndSet(null, cause);
    }

    /** How many messages were sent. */
    @Override
    public long published() {
        return publishedSeen;
    }

    /** How many messages from the first on are stored, without a gap. */
    @Override
    public long acknowledged() {
        return acknowledged;
    }

    /** What ended this publisher, or null while it is well; looks at the connection and the clock too. */
    @Override
    public @Nullable AftercommitException failure() {
        if (failure.get() == null && connection.getStatus() != Connection.Status.CONNECTED) {
            fail(new AftercommitException(ErrorCode.BROKER_UNAVAILABLE, "The connection to NATS was lost."));
        }
        if (failure.get() == null && publishedSeen > acknowledged && System.nanoTime() - lastProgress > ANSWER_NANOS) {
            String violation = PermissionViolation.of(connection);
            fail(new AftercommitException(
                    violation == null ? ErrorCode.BROKER_UNAVAILABLE : ErrorCode.BROKER_UNSUITABLE,
                    "JetStream has not answered for " + TimeUnit.NANOSECONDS.toSeconds(ANSWER_NANOS) + " s"
                            + (violation == null
                                    ? "; a stream without a leader looks like this."
                                    : ": " + violation + ".")));
        }
        return failure.get();
    }

    @Override
    public @Nullable Refused refused() {
        return refused.get();
    }

    /**
     * Waits until every message has an answer of some kind. Nothing may be published meanwhile.
     *
     * @return whether all have
     */
    @Override
    public boolean settle(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (answered < publishedSeen) {
            if (System.nanoTime() - deadline > 0 || connection.getStatus() != Connection.Status.CONNECTED) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return true;
    }

    @Override
    public void close() {
        try {
            connection.closeDispatcher(dispatcher);
        } catch (IllegalStateException | IllegalArgumentException e) {
            // It was closed before, or has gone with its connection.
        }
    }
}
