package dev.aftercommit.relay.debezium;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.failure.Reason;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.ChangeListener;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link CaptureSource} by Debezium's embedded engine. */
public final class DebeziumCapture implements CaptureSource {
    private static final Logger LOG = LoggerFactory.getLogger(DebeziumCapture.class);
    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 15;

    private final Database database;
    private final SlotNames names;
    private final IntConsumer serves;
    private final String captureId = UUID.randomUUID().toString();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable CaptureSession session;
    private volatile @Nullable DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private volatile @Nullable Throwable failure;

    /**
     * @param serves is given the server's process at the other end before anything is read, and throws an
     *     {@link AftercommitException} when it is not one of the right server
     */
    public DebeziumCapture(Database database, SlotNames names, IntConsumer serves) {
        this.database = database;
        this.names = names;
        this.serves = serves;
    }

    @Override
    public void start(ChangeListener listener) throws InterruptedException {
        CaptureSession started = new CaptureSession(listener, serves);
        session = started;
        OutboxConnectorTask.register(captureId, started);
        DebeziumEngine<RecordChangeEvent<SourceRecord>> running = engine(
                DebeziumProperties.of(database.config(), names, captureId),
                (success, message, error) -> finished(listener, message, error));
        engine = running;
        Thread.ofPlatform().name("debezium-engine").daemon().start(running);
        awaitStreaming(started);
    }

    /** An engine that has yet to be run. */
    static DebeziumEngine<RecordChangeEvent<SourceRecord>> engine(
            Properties properties, DebeziumEngine.CompletionCallback callback) {
        return DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(properties)
                .using(callback)
                .notifying(DebeziumCapture::noRecords)
                .build();
    }

    private void awaitStreaming(CaptureSession started) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!started.streaming().await(20, TimeUnit.MILLISECONDS)) {
            if (finished.getCount() == 0) {
                throw notStarted(failure);
            }
            if (System.nanoTime() - deadline > 0) {
                close();
                throw new AftercommitException(
                        ErrorCode.DATABASE_UNAVAILABLE, "Streaming did not start within " + START_SECONDS + " s.");
            }
        }
    }

    private static AftercommitException notStarted(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AftercommitException known) {
                return known;
            }
        }
        return new AftercommitException(
                ErrorCode.DATABASE_UNAVAILABLE, "Streaming did not start: " + Reason.rootOf(failure) + ".", failure);
    }

    private void finished(ChangeListener listener, @Nullable String message, @Nullable Throwable error) {
        CaptureSession current = session;
        boolean wasStreaming = current != null && current.streaming().getCount() == 0;
        failure = error != null ? error : new IllegalStateException(message);
        finished.countDown();
        if (!closed.get() && wasStreaming) {
            listener.onFailure(new AftercommitException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The replication stream ended: " + Reason.rootOf(error) + ".",
                    error));
        }
    }

    @Override
    public void pause() {
        CaptureSession current = session;
        if (current != null) {
            current.pause();
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            DebeziumEngine<?> running = engine;
            if (running != null && finished.getCount() > 0) {
                stop(running);
                if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                    LOG.warn(
                            "Debezium did not stop within {} s; its replication connection ends with the process",
                            STOP_SECONDS);
                }
            }
        } catch (IOException e) {
            LOG.warn("Debezium did not stop cleanly: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            OutboxConnectorTask.unregister(captureId);
        }
    }

    /** An engine that is ending by itself refuses to be closed; it is then waited for like any other. */
    private static void stop(DebeziumEngine<?> running) throws IOException {
        try {
            running.close();
        } catch (IllegalStateException e) {
            LOG.debug("Debezium stops by itself: {}", e.getMessage());
        }
    }

    private static void noRecords(
            List<RecordChangeEvent<SourceRecord>> records,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer) {
        throw new IllegalStateException("Changes must not go through Debezium's queue; check the hook into its task.");
    }
}
