package dev.aftercommit.demo.directory;

/** The directory does not take an account of this name. The message does not repeat it: payloads are never logged. */
final class ReservedNameException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReservedNameException() {
        super("The username is reserved. Allow it in the directory, then redrive the event.");
    }
}
