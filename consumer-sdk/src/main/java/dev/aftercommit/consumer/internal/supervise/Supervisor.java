package dev.aftercommit.consumer.internal.supervise;

import dev.aftercommit.consumer.ConsumerStatus;
import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.FailureKind;
import dev.aftercommit.consumer.internal.attempt.TransactionsTrial;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.lifecycle.Deadline;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.ownership.Ownership;
import dev.aftercommit.consumer.internal.parallel.ParallelWorkers;
import dev.aftercommit.consumer.internal.parking.ParkedTable;
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
import dev.aftercommit.migrations.Migrations;
import java.sql.Connection;
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
    private final Broker broker;
    private final Retries retries;
    private final Starts starts;
    private final StopSignal signal = new StopSignal();
    private final Thread thread;
    private volatile @Nullable Workers workers;
    private volatile @Nullable Waiting waiting;

    /**
     * @param status of the consumer, for those who ask for it through NATS
     */
    public Supervisor(ConsumerConfig config, Supplier<ConsumerStatus> status) {
        this.config = config;
        this.retries = new Retries(config);
        this.broker = new Broker(
                config.identity(),
                config.nats(),
                this::brokerChanged,
                config.natsService() ? new StatusService(status) : null);
        this.starts = new Starts(config, broker);
        this.thread = Thread.ofVirtual()
                .name("aftercommit-" + config.identity().consumer())
                .unstarted(this::run);
    }

    /** Throws when what a consumer needs is not there; then it is closed. */
    public void start() {
        try {
            prepareDatabase();
            requireSameWay();
            TransactionsTrial.require(config.dataSource(), config.transactions());
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
        if (!ended(deadline.left())) {
            thread.interrupt();
            if (!ended(AFTER_INTERRUPT)) {
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

    private boolean ended(Duration timeout) {
        try {
            return thread.getState() == Thread.State.NEW || thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
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

    private void prepareDatabase() {
        try {
            config.dataSource().getConnection().close();
            if (config.migrate()) {
                Migrations.inbox(config.dataSource()).migrate();
            }
            requireTables();
        } catch (SQLException | RuntimeException e) {
            if (FailureKind.of(e) == FailureKind.DATABASE) {
                throw new AftercommitException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "The consumer's database cannot be reached: " + e.getMessage()
                                + ". Start it, or correct the data source.",
                        e);
            }
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNSUITABLE,
                    "The consumer's database is not ready: " + e.getMessage()
                            + ". Let this role make and update the schema inbox, or do it with another role and set"
                            + " migrate(false); in any case it reads and writes the tables of that schema.",
                    e);
        }
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
        stream.requirePartitionsOf(checkpointStreams());
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

    private List<String> checkpointStreams() throws SQLException {
        try (Connection connection = config.dataSource().getConnection()) {
            return new CheckpointTable(config.identity()).streams(connection);
        }
    }

    /** Reads every column that workers read, and asks for what they need to write. */
    private void requireTables() throws SQLException {
        try (Connection connection = config.dataSource().getConnection()) {
            new CheckpointTable(config.identity()).load(connection, 0);
            new ParkedTable(config.identity()).counts(connection);
            InboxPrivileges.require(connection, config.reading().mode().isInParallel());
        }
    }

    /** Whoever switched would handle everything again, since the checkpoints of one way say nothing in the other. */
    private void requireSameWay() {
        boolean inParallel = config.reading().mode().isInParallel();
        try (Connection connection = config.dataSource().getConnection()) {
            if (!new CheckpointTable(config.identity()).areOfAnotherWay(connection, inParallel)) {
                return;
            }
        } catch (SQLException e) {
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The consumer's database does not say how far it is: " + e.getMessage(),
                    e);
        }
        throw new AftercommitException(
                ErrorCode.INVALID_SETTING,
                "The consumer " + config.identity() + " has handled events "
                        + (inParallel ? "in order" : "in parallel") + " so far, and is built to handle them "
                        + (inParallel ? "in parallel" : "in order")
                        + ", where its checkpoints mean nothing. Build it as it was, or with another name and startAt(...).");
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
