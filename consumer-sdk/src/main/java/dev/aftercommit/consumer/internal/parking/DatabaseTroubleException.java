package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.internal.attempt.Outcome;

/** No answer, or not the right one: who asked looks again in a moment. */
final class DatabaseTroubleException extends Exception {
    private static final long serialVersionUID = 1;

    private DatabaseTroubleException(Throwable cause) {
        super(cause.getMessage(), cause);
    }

    /** What a transaction has brought, of which nothing is to be learned when it failed: it is no attempt. */
    static <T> T resultOf(Outcome<T> outcome) throws DatabaseTroubleException {
        return switch (outcome) {
            case Outcome.Committed<T>(T result) -> result;
            case Outcome.Failed<T>(Throwable failure) -> throw new DatabaseTroubleException(failure);
            case Outcome.Conflict<T>(Throwable failure) -> throw new DatabaseTroubleException(failure);
            case Outcome.DatabaseAway<T>(Throwable failure) -> throw new DatabaseTroubleException(failure);
            case Outcome.OwnerChanged<T>(var how) -> throw new DatabaseTroubleException(how);
        };
    }
}
