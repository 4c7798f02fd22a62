package dev.aftercommit.relay.source;

/**
 * Takes what a {@link CaptureSource} reads. Everything but {@link #onFailure} is called by one thread, the source's
 * streaming thread, which also keeps the replication connection alive: no call blocks for longer than about a second.
 */
public interface ChangeListener {
    /**
     * Waits until a change can be taken, for at most about half a second.
     *
     * @return whether {@link #onChange} may be called; when not, the source asks again
     */
    boolean awaitCapacity() throws InterruptedException;

    /** Takes a change, in commit order. Called only after {@link #awaitCapacity} said yes. */
    void onChange(OutboxChange change);

    /** Everything up to this LSN, the end of a transaction or a message of its own, has been handed over. */
    void onBoundary(long lsn);

    /** The server has said that it is farther than it was, without anything to hand over. */
    default void onSignOfLife() {}

    /** The LSN up to which everything is stored for good, and which the slot may forget; 0 when there is none yet. */
    long confirmable();

    /** The slot has been told of this LSN. */
    void onConfirmed(long lsn);

    /** The source has stopped by itself; nothing more comes. Called by any thread, at most once. */
    void onFailure(Throwable cause);
}
