package dev.aftercommit.relay.simulation;

/** Ends a simulated process in the middle of whatever it does. An error, so that nobody takes it for a failure. */
final class Killed extends Error {
    private static final long serialVersionUID = 1;

    /** A new one each time: a thread that unwinds may be killed again in what closes. */
    Killed() {
        super("killed", null, false, false);
    }
}
