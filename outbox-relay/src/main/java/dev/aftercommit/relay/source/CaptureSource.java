package dev.aftercommit.relay.source;

/**
 * The committed changes of the outbox from where the replication slot stands, in commit order. One use: a source that
 * has failed or was closed is replaced by a new one, never restarted.
 */
public interface CaptureSource extends AutoCloseable {
    /**
     * Starts to stream. Returns when the replication slot is in use by this source.
     *
     * @throws dev.aftercommit.contract.AftercommitException when it could not be started
     */
    void start(ChangeListener listener) throws InterruptedException;

    /** Reads nothing more, but goes on confirming what becomes {@linkplain ChangeListener#confirmable confirmable}. */
    void pause();

    /** Stops. Idempotent, bounded in time, and safe at any moment. */
    @Override
    void close();
}
