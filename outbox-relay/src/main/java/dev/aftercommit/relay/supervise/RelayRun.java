package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.debezium.DebeziumCapture;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.postgres.Epoch;
import dev.aftercommit.relay.postgres.Leadership;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.postgres.SlotProvisioner;
import dev.aftercommit.relay.postgres.TableReader;
import dev.aftercommit.relay.preflight.DatabasePreflight;
import dev.aftercommit.relay.publish.FencedPublisher;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.stream.EventStream;
import dev.aftercommit.relay.stream.StreamTail;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: connect, check, wait to lead, provision, publish, until something is lost or the relay is to stop. A run
 * keeps nothing of the one before it; the slot and the stream's tail say where to go on.
 */
final class RelayRun {
    private static final Logger LOG = LoggerFactory.getLogger(RelayRun.class);
    private static final SlotNames NAMES = SlotNames.DEFAULT;
    private static final Duration STANDBY_POLL = Duration.ofMillis(200);
    private static final Duration WATCH_POLL = Duration.ofMillis(20);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration LAST_CONFIRM = Duration.ofSeconds(2);

    private final RelayConfig config;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private boolean passedChecks;
    private boolean atWork;

    RelayRun(RelayConfig config, Progress progress, BooleanSupplier stopped) {
        this.config = config;
        this.progress = progress;
        this.stopped = stopped;
    }

    /**
     * Runs until the relay is told to stop.
     *
     * @throws AftercommitException what ended the run, when that was not the relay's wish
     */
    void execute() throws InterruptedException {
        progress.runStarted();
        try (Connection database = config.database().connect()) {
            DatabasePreflight.require(database, NAMES);
            try (Broker broker = Broker.connect(config.nats())) {
                lead(database, broker);
            } catch (IllegalStateException e) {
                // What the NATS client throws from any call when its connection is gone.
                throw new AftercommitException(
                        ErrorCode.BROKER_UNAVAILABLE, "The connection to NATS was lost: " + e.getMessage() + ".", e);
            }
        } catch (SQLException e) {
            throw config.database().failure(e);
        }
    }

    /** Whether both servers answered and are such that the relay can work with them. */
    boolean passedChecks() {
        return passedChecks;
    }

    /** Whether the run came as far as standing by or publishing: database and stream belong together. */
    boolean isAtWork() {
        return atWork;
    }

    private void lead(Connection database, Broker broker) throws SQLException, InterruptedException {
        EventStream stream = broker.stream(config.source());
        SlotProvisioner provisioner = new SlotProvisioner(NAMES);
        // A database that was published once has had its stream.
        boolean isFirst = stream.facts() == null && provisioner.find(database, StreamTail.EMPTY) == null;
        int partitions = isFirst ? stream.ensure(config.streamReplicas()) : stream.require();
        passedChecks = true;
        Leadership leadership = new Leadership(database, NAMES);
        while (!leadership.tryAcquire()) {
            atWork = true;
            if (progress.phase().state() != RelayState.STANDBY) {
                progress.enter(RelayState.STANDBY, null);
                LOG.info("Another relay is active; this one stands by");
            }
            if (pausedOrStopped(STANDBY_POLL)) {
                return;
            }
        }
        StreamTail tail = stream.tail();
        Epoch epoch = provisioner.ensure(database, config.database(), tail);
        atWork = true;
        try (FencedPublisher publisher = broker.publisher(tail.sequence())) {
            progress.publishing(publisher, epoch.number());
            EventRouter router = new EventRouter(config.source(), partitions, epoch.number());
            boolean caughtUp = epoch.caughtUp() || catchUp(database, provisioner, epoch, tail, router, publisher);
            if (caughtUp) {
                stream(
                        database,
                        leadership,
                        tail,
                        new Pipeline(router, publisher, positionOf(tail), progress),
                        publisher);
            }
        } finally {
            progress.publishingEnded();
        }
    }

    private boolean catchUp(
            Connection database,
            SlotProvisioner provisioner,
            Epoch epoch,
            StreamTail tail,
            EventRouter router,
            FencedPublisher publisher)
            throws SQLException, InterruptedException {
        progress.enter(RelayState.CATCHING_UP, null);
        Pipeline pipeline = new Pipeline(router, publisher, null, progress);
        TableReader.After after = null;
        StreamTail.LastMessage last = tail.last();
        if (last != null && last.position().epoch() == epoch.number()) {
            after = new TableReader.After(last.eventId(), last.position().ordinal());
        }
        boolean complete = new TableReader(config.database())
                .read(epoch.snapshot(), after, pipeline, () -> stopped.getAsBoolean() || pipeline.failure() != null);
        boolean settled = publisher.settle(SETTLE);
        throwIfFailed(pipeline);
        if (!complete || !settled || publisher.acknowledged() < publisher.published()) {
            return false;
        }
        provisioner.caughtUp(database, epoch);
        if (publisher.acknowledged() > 0) {
            LOG.info("Published {} events that are older than the replication slot", publisher.acknowledged());
        }
        return true;
    }

    private void stream(
            Connection database, Leadership leadership, StreamTail tail, Pipeline pipeline, FencedPublisher publisher)
            throws SQLException, InterruptedException {
        try (CaptureSource capture = new DebeziumCapture(config.database(), NAMES)) {
            capture.start(pipeline);
            leadership.release();
            progress.enter(RelayState.STREAMING, null);
            LOG.info(
                    "Streaming from slot {} into stream {}; it holds {}",
                    NAMES.slot(),
                    Subject.streamOf(config.source()),
                    describe(tail));
            WalHeartbeat heartbeat = new WalHeartbeat(database, NAMES, progress);
            while (!pausedOrStopped(WATCH_POLL)) {
                throwIfFailed(pipeline);
                heartbeat.tick();
            }
            stopGracefully(capture, pipeline, publisher);
        }
    }

    /** Reads nothing more, waits for the answers to what is sent, and tells the slot. A SIGKILL here is as safe. */
    private static void stopGracefully(CaptureSource capture, Pipeline pipeline, FencedPublisher publisher)
            throws InterruptedException {
        capture.pause();
        TimeUnit.MILLISECONDS.sleep(WATCH_POLL.toMillis());
        publisher.settle(SETTLE);
        long deadline = System.nanoTime() + LAST_CONFIRM.toNanos();
        TimeUnit.MILLISECONDS.sleep(120);
        while (!pipeline.isConfirmed() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(WATCH_POLL.toMillis());
        }
    }

    private boolean pausedOrStopped(Duration pause) throws InterruptedException {
        if (!stopped.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        }
        return stopped.getAsBoolean();
    }

    private static void throwIfFailed(Pipeline pipeline) {
        Throwable failure = pipeline.failure();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AftercommitException known && known.code() != ErrorCode.DATABASE_UNAVAILABLE) {
                throw known;
            }
        }
        if (failure != null) {
            throw failure instanceof AftercommitException known
                    ? known
                    : new AftercommitException(
                            ErrorCode.DATABASE_UNAVAILABLE,
                            "The replication stream ended: " + Reason.rootOf(failure) + ".",
                            failure);
        }
    }

    private static @Nullable OutboxPosition positionOf(StreamTail tail) {
        StreamTail.LastMessage last = tail.last();
        return last == null ? null : last.position();
    }

    private static String describe(StreamTail tail) {
        OutboxPosition position = positionOf(tail);
        return position == null ? "no event yet" : "events up to " + position + " (sequence " + tail.sequence() + ")";
    }
}
