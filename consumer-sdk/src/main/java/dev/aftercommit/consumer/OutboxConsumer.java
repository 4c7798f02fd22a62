package dev.aftercommit.consumer;

import dev.aftercommit.consumer.ConsumerStatus.State;
import dev.aftercommit.consumer.internal.parking.DeadLetterTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.settings.HandlingMode;
import dev.aftercommit.consumer.internal.start.Reset;
import dev.aftercommit.consumer.internal.supervise.Supervisor;
import dev.aftercommit.consumer.spi.ConsumerListener;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Handles the events of one source in a service's own database, each aggregate's in order, the effect of each once.
 *
 * <pre>{@code
 * OutboxConsumer consumer = OutboxConsumer.builder()
 *         .name("directory")
 *         .source("accounts")
 *         .dataSource(dataSource)
 *         .nats("nats://localhost:4222")
 *         .handlers(new DirectoryHandlers())
 *         .build();
 * consumer.start();
 * }</pre>
 *
 * <p>Any number of instances with the same name and database share the stream's partitions evenly, within seconds after one
 * starts, stops, is killed or frozen; consumers with different names each get every event. A new consumer starts at the oldest
 * event that the stream still has, or where its builder says; an event type that gets its handler later is handled from the
 * checkpoints on.
 *
 * <p>Nothing is skipped in silence: a partition whose events are gone from the stream before they were handled, or whose
 * stream tells of another past than the one that was handled, waits for a decision ({@link Waiting.Reason}). Three things
 * cannot be told: whose a removed message was, so that every partition that had not yet come there counts as concerned;
 * messages that were deleted one by one, when the stream lacks more than 100,000 of these; and what is removed within
 * the moments in which it is on its way to a consumer that keeps up.
 *
 * <p>An event whose handler fails is parked in {@code inbox.parked_event} and tried again from there by any instance, while
 * later events of its aggregate wait behind it; see {@link Handles} and {@link RetryPolicy}.
 *
 * <p>Where order does not matter, {@link OutboxConsumerBuilder#parallel} has many events handled at a time, each by itself.
 *
 * <p>It takes one connection of the data source for itself, whose session holds the partitions (so not through a pool
 * that shares sessions, such as PgBouncer in transaction mode), and one more for each transaction, of which there are at
 * most as many at a time as it owns partitions, or as it may handle in parallel, and one for parked events. Thread-safe.
 */
public final class OutboxConsumer implements AutoCloseable {
    private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(10);

    private final ConsumerConfig config;

    private final ReentrantLock lifecycle = new ReentrantLock();
    private volatile State state = State.NEW;
    private volatile @Nullable Supervisor supervisor;

    OutboxConsumer(ConsumerConfig config) {
        this.config = config;
    }

    public static OutboxConsumerBuilder builder() {
        return new OutboxConsumerBuilder();
    }

    /**
     * Checks that the database and NATS are what a consumer needs and starts to handle events; returns at once after
     * that. From then on it keeps trying whatever is away, and waits for a stream that does not exist yet. Does nothing
     * when it runs already.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE} or {@link ErrorCode#BROKER_UNAVAILABLE} when
     *     one cannot be reached now, {@link ErrorCode#DATABASE_UNSUITABLE} or {@link ErrorCode#BROKER_UNSUITABLE} when
     *     it has to be set up differently, {@link ErrorCode#INVALID_SETTING} when {@link OutboxConsumerBuilder#transactions}
     *     does not do what it should, or when it has handled events the other way so far, in order or in parallel; it may be
     *     started again
     * @throws IllegalStateException after {@link #close()}
     */
    public void start() {
        lifecycle.lock();
        try {
            if (state == State.CLOSED) {
                throw new IllegalStateException(
                        "The consumer " + config.identity() + " is closed; build another one to start again.");
            }
            if (state == State.NEW) {
                Supervisor starting = new Supervisor(config, this::status);
                starting.start();
                supervisor = starting;
                state = State.RUNNING;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    /** Like {@link #close(Duration)} with 10 seconds. */
    @Override
    public void close() {
        close(FINISH_TIMEOUT);
    }

    /**
     * Stops: handlers that run now have this long to finish, then their transactions are cut off, and the database rolls them
     * back; what still does not answer after some seconds more is left behind. The partitions are free for other instances at
     * once. Does nothing when it is closed already. Never throws. Another one of the same name may be built and started then.
     *
     * @param finish zero to cut off at once
     */
    public void close(Duration finish) {
        lifecycle.lock();
        try {
            Supervisor running = supervisor;
            if (state == State.RUNNING && running != null) {
                running.close(finish);
            }
            state = State.CLOSED;
        } finally {
            lifecycle.unlock();
        }
    }

    /** What the consumer does now. Cheap enough to ask every second. */
    public ConsumerStatus status() {
        Supervisor running = supervisor;
        return new ConsumerStatus(
                config.identity().consumer(),
                config.identity().source(),
                state,
                running != null && running.connected(),
                running == null ? null : running.waiting(),
                running == null ? ParkedCounts.NONE : running.parked(),
                config.handlers().unreadable().count(),
                running == null ? null : running.transactionAge(),
                running == null ? List.of() : running.partitions(),
                parallel(running));
    }

    private @Nullable ParallelStatus parallel(@Nullable Supervisor running) {
        return switch (config.reading().mode()) {
            case HandlingMode.InOrder inOrder -> null;
            case HandlingMode.InParallel(int most) -> {
                ParallelStatus now = running == null ? null : running.parallel();
                yield now == null ? ParallelStatus.notYet(most) : now;
            }
        };
    }

    /** From now on this one is told what the consumer does, in this instance. */
    public void addListener(ConsumerListener listener) {
        config.listeners().add(listener);
    }

    /** From now on it is not told any more; a call that has begun comes to its end. */
    public void removeListener(ConsumerListener listener) {
        config.listeners().remove(listener);
    }

    /** Events that are not tried any more, of all instances; for a service that wants to show, redrive or discard them. */
    public DeadLetters deadLetters() {
        return new DeadLetterTable(config.identity(), config.dataSource(), () -> {
            Supervisor running = supervisor;
            if (running != null) {
                running.lookAtParked();
            }
        });
    }

    /**
     * Has this consumer, all instances of it, go on from another place: whatever runs now is finished, within seconds the
     * checkpoints of all partitions are set in one transaction, and that is logged. Events behind that place are handled
     * again even if they were, and those before it never, though parked ones are still tried. It may be called whether the
     * consumer runs or not; without a running instance it is done when one starts. The last of several requests counts.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE} or {@link ErrorCode#DATABASE_UNSUITABLE}
     */
    public void reset(StartAt startAt) {
        Reset.request(config.dataSource(), config.identity(), startAt);
        Supervisor running = supervisor;
        if (running != null) {
            running.lookAtStarts();
        }
    }
}
