package dev.aftercommit.consumer.internal.attempt;

/** The database went away in the middle, or is not able to take a transaction now. */
public final class DatabaseAwayException extends Exception {
    public DatabaseAwayException(Throwable cause) {
        super("The database is away: " + cause.getMessage(), cause);
    }
}
