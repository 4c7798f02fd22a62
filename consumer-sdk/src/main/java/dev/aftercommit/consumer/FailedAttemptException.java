package dev.aftercommit.consumer;

/** A transaction was rolled back, because a handler failed or because two transactions got into each other's way. */
final class FailedAttemptException extends Exception {
    private final Throwable failure;
    private final boolean conflict;

    FailedAttemptException(Throwable failure, boolean conflict) {
        super(failure);
        this.failure = failure;
        this.conflict = conflict;
    }

    Throwable failure() {
        return failure;
    }

    boolean isConflict() {
        return conflict;
    }
}
