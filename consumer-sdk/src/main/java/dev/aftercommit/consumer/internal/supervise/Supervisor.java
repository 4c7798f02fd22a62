package dev.aftercommit.consumer.internal.supervise;

import dev.aftercommit.consumer.ConsumerStatus;
import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.lifecycle.ConsumerThread;
import dev.aftercommit.consumer.internal.lifecycle.Deadline;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.ownership.Ownership;
import dev.aftercommit.consumer.internal.parallel.ParallelWorkers;
import dev.aftercommit.consumer.internal.parking.Retries;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.settings.HandlingMode;
import dev.aftercommit.consumer.internal.start.Starts;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.stream.StatusService;
import dev.aftercommit.consumer.internal.stream.StreamState;
import dev.aftercommit.consumer.internal.worker.Workers;
import dev.aftercommit.consumer.spi.ConsumerListener;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a consumer: every second it sees to the connection, the stream and the partitions. Thread-safe. */
public final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

    private final ConsumerConfig config;
    private final ConsumerDatabase database;
    private final Broker broker;
    private final Retries retries;
    private final Starts starts;
    private final StopSignal signal = new StopSignal();
    private final ConsumerThread thread;
    private volatile @Nullable Workers workers;
    private volatile @Nullable Waiting waiting;

    /**
     * @param status of the consumer, for those who ask for it through NATS
     */
    public Supervisor(ConsumerConfig config, Supplier<ConsumerStatus> status) {
        this.config = config;
        this.database = new ConsumerDatabase(config);
        this.retries = new Retries(config);
        this.broker = new Broker(
                config.identity(),
                config.nats(),
                this::brokerChanged,
                config.natsService() ? new StatusService(status) : null);
        this.starts = new Starts(config, broker);
        this.thread = new ConsumerThread("aftercommit-" + config.identity().consumer(), this::run);
    }

    /** Throws when what a consumer needs is not there; then it is closed. */
    public void start() {
        try {
            database.requireReady();
            broker.open();
            see();
        } catch (RuntimeException e) {
            close(Duration.ZERO);
            throw e;
        }
        retries.start();
        thread.start();
        LOG.info(
                "Consumer {} started: it handles {} event types",
                config.identity(),
                config.handlers().count());
    }

    /**
     * Bounded in time.
     *
     * @param finish how long what runs may take to its end
     */
    public void close(Duration finish) {
        Deadline deadline = Deadline.in(finish);
        signal.stop();
        retries.stop();
        Workers working = workers;
        if (working != null) {
            working.stop();
        }
        if (!thread.join(deadline.left())) {
            thread.interrupt();
            if (!thread.join(AFTER_INTERRUPT)) {
                LOG.warn("Consumer {} does not get an answer while it stops; it is left behind", config.identity());
            }
        }
        working = workers;
        if (working != null) {
            working.close(deadline);
        }
        if (!retries.join(deadline.left())) {
            retries.abort();
            retries.join(AFTER_INTERRUPT);
        }
        broker.close();
    }

    public boolean connected() {
        return broker.connected();
    }

    @Nullable
    public Waiting waiting() {
        return waiting;
    }

    /** At once, since somebody has requested another start. */
    public void lookAtStarts() {
        signal.wake();
    }

    /** At once, since somebody has changed what is due. */
    public void lookAtParked() {
        retries.wake();
    }

    public ParkedCounts parked() {
        return retries.counts();
    }

    /** Of the oldest one that runs; null when none does. */
    @Nullable
    public Duration transactionAge() {
        ParallelStatus parallel = parallel();
        return Stream.of(
                        Stream.ofNullable(retries.transactionAge()),
                        Stream.ofNullable(parallel).map(ParallelStatus::transactionAge),
                        partitions().stream().map(PartitionStatus::transactionAge))
                .flatMap(Function.identity())
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    public List<PartitionStatus> partitions() {
        Workers working = workers;
        return working == null ? List.of() : working.partitions();
    }

    /** Null where partitions are handled one by one, and until the stream is known. */
    @Nullable
    public ParallelStatus parallel() {
        Workers working = workers;
        return working == null ? null : working.parallel();
    }

    private void run() {
        try {
            while (true) {
                signal.pause(EVERY, true);
                see();
            }
        } catch (StoppedException e) {
            LOG.info("Consumer {} stops", config.identity());
        }
    }

    private void see() {
        try {
            Workers working = workers;
            if (working != null) {
                working.claim(); // also while NATS is away: who asks nothing counts as frozen
            }
            broker.open();
            if (working == null) {
                working = learnStream();
            }
            if (working != null) {
                if (starts.look()) {
                    working.beginAnew();
                }
                Waiting heldUp = working.heldUp();
                if (heldUp == null) {
                    goOn();
                } else {
                    waitFor(heldUp);
                }
            }
        } catch (AftercommitException e) {
            Waiting.Reason reason = e.code() == ErrorCode.STREAM_MISMATCH
                    ? Waiting.Reason.STREAM_MISMATCH
                    : Waiting.Reason.BROKER_UNAVAILABLE;
            waitFor(new Waiting(reason, String.valueOf(e.getMessage())));
        } catch (SQLException e) {
            waitFor(new Waiting(
                    Waiting.Reason.DATABASE_UNAVAILABLE, "The consumer's database fails: " + e.getMessage()));
        } catch (RuntimeException bug) {
            LOG.error("Consumer {}: an unexpected error; it tries again", config.identity(), bug);
        }
    }

    private @Nullable Workers learnStream() throws SQLException {
        StreamState stream = broker.stream();
        Waiting first = starts.begin(stream);
        if (stream == null) {
            waitFor(new Waiting(
                    Waiting.Reason.STREAM_MISSING,
                    "The stream " + config.identity().stream()
                            + " does not exist yet; the relay of the source makes it when it starts."));
            return null;
        }
        if (first != null) {
            waitFor(first);
            return null;
        }
        stream.requirePartitionsOf(database.streams());
        LOG.info("Consumer {} reads the stream \"{}\"", config.identity(), stream.identity().stream());
        Workers working = workersOf(stream);
        working.claim();
        workers = working;
        return working;
    }

    private Workers workersOf(StreamState stream) {
        return switch (config.reading().mode()) {
            case HandlingMode.InOrder inOrder -> new Ownership(config, broker, stream.partitions(), retries::wake);
            case HandlingMode.InParallel(int most) ->
                new ParallelWorkers(config, broker, most, stream.partitions(), retries::wake);
        };
    }

    private void waitFor(Waiting next) {
        Waiting before = waiting;
        waiting = next;
        if (before == null || before.reason() != next.reason()) {
            LOG.warn("Consumer {} waits: {}", config.identity(), next.message());
            config.listeners().tell(listener -> listener.waits(next));
        }
    }

    private void goOn() {
        if (waiting != null) {
            LOG.info("Consumer {} goes on", config.identity());
            waiting = null;
            config.listeners().tell(ConsumerListener::goesOn);
        }
    }

    private void brokerChanged() {
        signal.wake();
        Workers working = workers;
        if (working != null) {
            working.wake();
        }
    }
}
