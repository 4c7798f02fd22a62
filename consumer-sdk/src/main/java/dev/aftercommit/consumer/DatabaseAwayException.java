package dev.aftercommit.consumer;

/** The database went away in the middle, or is not able to take a transaction now. */
final class DatabaseAwayException extends Exception {
    DatabaseAwayException(Throwable cause) {
        super("The database is away: " + cause.getMessage(), cause);
    }
}
