package dev.aftercommit.testkit.internal.fuzz;

/** The consumer does not go on. */
final class StuckException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StuckException(String message) {
        super(message);
    }
}
