package dev.aftercommit.consumer.internal.lifecycle;

/** The worker was told to stop. */
public final class StoppedException extends Exception {
    public StoppedException() {
        super("stopped");
    }
}
