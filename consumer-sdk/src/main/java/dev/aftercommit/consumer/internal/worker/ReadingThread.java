package dev.aftercommit.consumer.internal.worker;

import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.lifecycle.ConsumerThread;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.stream.FeedLostException;
import dev.aftercommit.contract.AftercommitException;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from a checkpoint on, on a thread of its own, and from the checkpoint again after whatever went wrong, until it is
 * stopped or somebody else has moved the checkpoint. Thread-safe.
 */
public final class ReadingThread {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingThread.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN_AFTER_REFUSAL = Duration.ofSeconds(3);

    private final String what;
    private final Reading reading;
    private final StopSignal signal;
    private final ConsumerThread thread;
    private volatile Duration retry = FIRST_RETRY;

    /** What is read, and how. */
    public interface Reading {
        /** Reads until something is lost; returns when the connection was lost or has come back. */
        void read()
                throws StoppedException, CheckpointMovedException, FeedLostException, DatabaseAwayException,
                        SQLException, InterruptedException;

        /** It does not go on for now. */
        void waitFor(Waiting waiting);

        /** It has come to its end. */
        void ended();
    }

    /**
     * @param name of the thread
     * @param what is read, for the log, such as: Consumer directory/accounts: partition 03
     * @param signal tells it to stop
     */
    public ReadingThread(String name, String what, StopSignal signal, Reading reading) {
        this.what = what;
        this.reading = reading;
        this.signal = signal;
        this.thread = new ConsumerThread(name, this::run);
    }

    public void start() {
        thread.start();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    public void interrupt() {
        thread.interrupt();
    }

    /** Waits for its end; false when it did not come in time. */
    public boolean join(Duration timeout) {
        return thread.join(timeout);
    }

    /** Something was handled, so that the next obstacle is a new one. */
    public void progressed() {
        retry = FIRST_RETRY;
    }

    private void run() {
        try {
            while (true) {
                signal.check();
                readOnce();
            }
        } catch (StoppedException e) {
            LOG.debug("{} stopped", what);
        } catch (CheckpointMovedException e) {
            LOG.warn("{}: somebody else has moved the checkpoint; this instance lets it go", what);
        } catch (Throwable bug) {
            LOG.error("{} failed; it starts again", what, bug);
        } finally {
            reading.ended();
        }
    }

    /** Until something is lost; then says what it waits for and pauses. */
    private void readOnce() throws StoppedException, CheckpointMovedException {
        Waiting waiting;
        try {
            reading.read();
            return;
        } catch (FeedLostException e) {
            LOG.debug("{} reads on anew", what, e);
            waiting = e.waiting();
        } catch (AftercommitException e) {
            LOG.debug("{} waits", what, e);
            waiting = new Waiting(reason(e), String.valueOf(e.getMessage()));
        } catch (DatabaseAwayException | SQLException e) {
            LOG.debug("{} waits for the database", what, e);
            waiting = new Waiting(Waiting.Reason.DATABASE_UNAVAILABLE, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw new StoppedException();
        }
        reading.waitFor(waiting);
        if (waiting.isRefusal() || waiting.reason() == Waiting.Reason.STREAM_BEHIND) {
            signal.pause(waiting.isRefusal() ? LOOK_AGAIN_AFTER_REFUSAL : LAST_RETRY, true);
            return;
        }
        signal.pause(retry, true);
        retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
    }

    private static Waiting.Reason reason(AftercommitException e) {
        return switch (e.code()) {
            case STREAM_MISMATCH -> Waiting.Reason.STREAM_MISMATCH;
            case MALFORMED_MESSAGE -> Waiting.Reason.MALFORMED_MESSAGE;
            default -> Waiting.Reason.BROKER_UNAVAILABLE;
        };
    }
}
