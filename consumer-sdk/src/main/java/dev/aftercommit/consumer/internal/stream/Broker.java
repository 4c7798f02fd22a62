package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Subject;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.MessageGetRequest;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to NATS and what is asked of JetStream through it. Thread-safe. */
public final class Broker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration FORGET_IDLE_CONSUMERS_AFTER = Duration.ofMinutes(1);
    private static final int STREAM_NOT_FOUND = 10059;
    private static final int NO_MESSAGE = 10037;
    private static final int MOST_DELETED = 100_000;
    private static final String GET = "$JS.API.STREAM.MSG.GET.";

    private final ConsumerIdentity identity;
    private final Options options;
    private final Runnable onChange;
    private final @Nullable StatusService service;
    private final AtomicLong generation = new AtomicLong();
    private final AtomicBoolean lost = new AtomicBoolean();
    private volatile @Nullable Session session;
    private volatile boolean closed;

    private record Session(Connection connection, JetStreamManagement management, Dispatcher dispatcher) {}

    /**
     * Not yet connected.
     *
     * @param onChange called when the connection is lost or has come back, on a thread that must not be held up
     * @param service shows the consumer to NATS' tools; null when nothing does
     */
    public Broker(ConsumerIdentity identity, Options options, Runnable onChange, @Nullable StatusService service) {
        this.identity = identity;
        this.options = options;
        this.onChange = onChange;
        this.service = service;
    }

    /**
     * Connects, unless it is connected or the client is at it.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} or {@link ErrorCode#BROKER_UNSUITABLE}
     */
    public void open() {
        Session current = session;
        if (closed || (current != null && current.connection().getStatus() != Connection.Status.CLOSED)) {
            return;
        }
        Connection connection = BrokerLogin.connect(options);
        try {
            connection.addConnectionListener((ignored, event) -> changed(event));
            Dispatcher dispatcher = connection.createDispatcher();
            dispatcher.setPendingLimits(0, 0); // feeds bound what they ask for; a limit here would drop messages
            session = new Session(
                    connection,
                    connection.jetStreamManagement(JetStreamOptions.builder()
                            .requestTimeout(ANSWER_TIMEOUT)
                            .build()),
                    dispatcher);
            if (service != null) {
                service.over(connection);
            }
        } catch (IOException e) {
            throw unavailable(e);
        }
        lost.set(false);
        generation.incrementAndGet();
        onChange.run();
    }

    public boolean connected() {
        Session current = session;
        return current != null && current.connection().getStatus() == Connection.Status.CONNECTED;
    }

    /** Changes whenever the connection was lost or has come back: a feed of an earlier generation may be dead. */
    public long generation() {
        return generation.get();
    }

    /**
     * The source's stream; null when it does not exist yet.
     *
     * @throws AftercommitException {@link ErrorCode#BROKER_UNAVAILABLE} or {@link ErrorCode#STREAM_MISMATCH}
     */
    @Nullable
    public StreamState stream() {
        try {
            return StreamState.of(session().management().getStreamInfo(identity.stream()), identity.source());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == STREAM_NOT_FOUND) {
                return null;
            }
            throw unavailable(e);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    /** Whether there is a message under this sequence. */
    public boolean holds(long sequence) {
        return storedAt(sequence) != null;
    }

    /** The message under this sequence; null when there is none. */
    @Nullable
    public StoredEvent storedAt(long sequence) {
        return ask(MessageGetRequest.forSequence(sequence));
    }

    /** The first message of the source that the stream holds at this sequence or after it; null when there is none. */
    @Nullable
    public StoredEvent storedFrom(long sequence) {
        return ask(MessageGetRequest.nextForSubject(sequence, Subject.allOf(identity.source())));
    }

    /** The source's newest message; null when there is none. */
    @Nullable
    public StoredEvent lastStored() {
        return ask(MessageGetRequest.lastForSubject(Subject.allOf(identity.source())));
    }

    /** Whether the stream holds a message after this sequence under one of these subjects. */
    public boolean holdsAfter(long sequence, List<String> subjects) {
        return subjects.stream()
                .anyMatch(subject -> ask(MessageGetRequest.nextForSubject(sequence + 1, subject)) != null);
    }

    /**
     * The sequences that the stream does not hold though they lie between its first and its last, in ascending order;
     * none when they are more than {@value #MOST_DELETED}, which the server would list in one answer.
     */
    public List<Long> deleted(StreamState stream) {
        if (stream.deleted() == 0 || stream.deleted() > MOST_DELETED) {
            return List.of();
        }
        try {
            return session()
                    .management()
                    .getStreamInfo(identity.stream(), StreamInfoOptions.deletedDetails())
                    .getStreamState()
                    .getDeleted();
        } catch (JetStreamApiException | IOException e) {
            throw unavailable(e);
        }
    }

    /** Through the stream's leader: a direct get, which the client prefers, may be answered by a replica that is behind. */
    private @Nullable StoredEvent ask(MessageGetRequest request) {
        Message answer;
        try {
            answer = session()
                    .connection()
                    .request(
                            GET + identity.stream(), request.toJson().getBytes(StandardCharsets.UTF_8), ANSWER_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        } catch (IllegalStateException e) {
            throw unavailable(e);
        }
        if (answer == null) {
            throw unavailable(new IOException("no answer within " + ANSWER_TIMEOUT.toSeconds() + " s"));
        }
        MessageInfo message = new MessageInfo(answer, identity.stream(), false);
        if (!message.hasError()) {
            return StoredEvent.of(message);
        }
        if (message.getApiErrorCode() == NO_MESSAGE) {
            return null;
        }
        throw unavailable(new IOException(message.getError()));
    }

    /** Starts to read at this sequence. */
    public EventFeed feed(List<String> subjects, long start) {
        Session current = session();
        ConsumerConfiguration consumer = ConsumerConfiguration.builder()
                .description("aftercommit consumer " + identity)
                .filterSubjects(subjects)
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(start)
                .ackPolicy(AckPolicy.None)
                .memStorage(true)
                .numReplicas(1)
                .inactiveThreshold(FORGET_IDLE_CONSUMERS_AFTER)
                .build();
        try {
            return new EventFeed(
                    current.connection(),
                    current.dispatcher(),
                    current.management().createConsumer(identity.stream(), consumer),
                    start);
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw unavailable(e);
        }
    }

    /** What all instances that use this name share. */
    public SharedConsumer shared(DurableName name) {
        Session current = session();
        return new SharedConsumer(
                current.connection(), current.dispatcher(), current.management(), identity.stream(), name);
    }

    @Override
    public void close() {
        closed = true;
        Session current = session;
        if (current != null) {
            try {
                current.connection().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Session session() {
        Session current = session;
        if (current == null || current.connection().getStatus() != Connection.Status.CONNECTED) {
            throw new AftercommitException(
                    ErrorCode.BROKER_UNAVAILABLE, "NATS is not connected; the client keeps trying.");
        }
        return current;
    }

    /** The client tells of every failed attempt to come back; only the first of them is news. */
    private void changed(Events event) {
        if (closed) {
            return;
        }
        boolean news = switch (event) {
            case DISCONNECTED -> lost.compareAndSet(false, true);
            case RESUBSCRIBED -> lost.compareAndSet(true, false);
            case CLOSED -> true;
            default -> false;
        };
        if (!news) {
            return;
        }
        if (event == Events.RESUBSCRIBED) {
            LOG.info("Consumer {} is connected to NATS again", identity);
        } else if (event == Events.DISCONNECTED) {
            LOG.warn("Consumer {} has lost NATS; it keeps trying and goes on from its checkpoints", identity);
        } else {
            LOG.warn("Consumer {}: the NATS client has given up its connection; another one is opened", identity);
        }
        generation.incrementAndGet();
        onChange.run();
    }

    static AftercommitException unavailable(Exception cause) {
        return new AftercommitException(
                ErrorCode.BROKER_UNAVAILABLE, "JetStream did not do what it was asked: " + cause.getMessage(), cause);
    }
}
