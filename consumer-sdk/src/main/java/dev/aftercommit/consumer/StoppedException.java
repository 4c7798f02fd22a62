package dev.aftercommit.consumer;

/** The worker was told to stop. */
final class StoppedException extends Exception {
    StoppedException() {
        super("stopped");
    }
}
