package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.ReplayPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * The JetStream consumer that the instances of a parallel consumer share. It is derived from the checkpoint: one that is gone
 * is made anew behind that, and what comes again is known in the database. Of one connection; thread-safe.
 *
 * <p>Throws {@link ErrorCode#BROKER_UNAVAILABLE} when JetStream does not do what it is asked.
 */
public final class SharedConsumer {
    private static final Duration ACK_WAIT = Duration.ofSeconds(30);
    /** A consumer that nobody reads is derived anew when somebody does. */
    private static final Duration FORGET_UNREAD_AFTER = Duration.ofDays(1);
    /** Of all instances together; what an instance has begun is bounded by itself. */
    private static final int MAX_ACK_PENDING = 16_384;

    private static final int WITHOUT_END = -1;
    private static final int NOT_FOUND = 10014;
    private static final int EXISTS = 10148;

    private final Connection nats;
    private final Dispatcher dispatcher;
    private final JetStreamManagement management;
    private final String stream;
    private final DurableName name;

    SharedConsumer(
            Connection nats, Dispatcher dispatcher, JetStreamManagement management, String stream, DurableName name) {
        this.nats = nats;
        this.dispatcher = dispatcher;
        this.management = management;
        this.stream = stream;
        this.name = name;
    }

    /**
     * Reads from it. It is made when it is missing, and set right when somebody has changed it.
     *
     * @param start the first sequence that one that is made now delivers
     * @param end the stream's last sequence
     * @param free how many messages more could be begun now
     * @param most how many at a time at the most
     */
    public SharedFeed open(long start, long end, IntSupplier free, int most) {
        return ask(() -> {
            prepare(start, end);
            return new SharedFeed(nats, dispatcher, stream + '.' + name, free, most);
        });
    }

    /** How far all instances have come. */
    public SharedProgress progress() {
        return ask(() -> SharedProgress.of(info()));
    }

    /** Nobody needs what was acknowledged under this name any more. Does nothing when it is gone. */
    public void forget() {
        ask(this::delete);
    }

    private interface Question<T> {
        T ask() throws JetStreamApiException, IOException;
    }

    private static <T> T ask(Question<T> question) {
        try {
            return question.ask();
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw Broker.unavailable(e);
        }
    }

    private void prepare(long start, long end) throws JetStreamApiException, IOException {
        ConsumerInfo found = find(start);
        if (found.getDelivered().getStreamSequence() > end) { // of a stream that has lost its end
            delete();
            found = find(start);
        }
        ConsumerConfiguration is = found.getConsumerConfiguration();
        if (is.getAckPolicy() != AckPolicy.Explicit) {
            throw new AftercommitException(
                    ErrorCode.STREAM_MISMATCH,
                    "The consumer " + name + " of the stream " + stream
                            + " was made by somebody else: its acknowledge policy is " + is.getAckPolicy()
                            + ". Delete it; it is made again as it has to be, and nothing is lost.");
        }
        if (hasDrifted(is)) {
            management.updateConsumer(stream, ours(ConsumerConfiguration.builder(is)));
        }
    }

    private ConsumerInfo find(long start) throws JetStreamApiException, IOException {
        try {
            return info();
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != NOT_FOUND) {
                throw e;
            }
            return make(start);
        }
    }

    private ConsumerInfo make(long start) throws JetStreamApiException, IOException {
        try {
            return management.createConsumer(
                    stream,
                    ours(ConsumerConfiguration.builder()
                            .durable(name.text())
                            .description("aftercommit parallel consumer")
                            .deliverPolicy(DeliverPolicy.ByStartSequence)
                            .startSequence(start)
                            .ackPolicy(AckPolicy.Explicit)
                            .replayPolicy(ReplayPolicy.Instant)));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != EXISTS) {
                throw e;
            }
            return info(); // another instance was faster
        }
    }

    private static ConsumerConfiguration ours(ConsumerConfiguration.Builder builder) {
        return builder.ackWait(ACK_WAIT)
                .maxDeliver(WITHOUT_END)
                .maxAckPending(MAX_ACK_PENDING)
                .inactiveThreshold(FORGET_UNREAD_AFTER)
                .filterSubjects(List.of())
                .backoff(new Duration[0])
                .build();
    }

    private static boolean hasDrifted(ConsumerConfiguration is) {
        return !ACK_WAIT.equals(is.getAckWait())
                || is.getMaxDeliver() != WITHOUT_END
                || is.getMaxAckPending() != MAX_ACK_PENDING
                || !FORGET_UNREAD_AFTER.equals(is.getInactiveThreshold())
                || !is.getBackoff().isEmpty()
                || is.hasMultipleFilterSubjects()
                || is.getFilterSubject() != null;
    }

    private ConsumerInfo info() throws JetStreamApiException, IOException {
        return management.getConsumerInfo(stream, name.text());
    }

    private boolean delete() throws JetStreamApiException, IOException {
        try {
            return management.deleteConsumer(stream, name.text());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }
}
