package dev.aftercommit.consumer.internal.attempt;

/** A transaction was rolled back, because a handler failed or because two transactions got into each other's way. */
public final class FailedAttemptException extends Exception {
    private final Throwable failure;
    private final boolean conflict;

    public FailedAttemptException(Throwable failure, boolean conflict) {
        super(failure);
        this.failure = failure;
        this.conflict = conflict;
    }

    public Throwable failure() {
        return failure;
    }

    public boolean isConflict() {
        return conflict;
    }
}
