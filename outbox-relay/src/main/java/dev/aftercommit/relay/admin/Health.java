package dev.aftercommit.relay.admin;

import dev.aftercommit.relay.supervise.Progress;
import dev.aftercommit.relay.supervise.RelayState;

/** Health means progress, not a process that answers. Pure. */
final class Health {
    private static final long STUCK_SECONDS = 30;

    private Health() {}

    /** An answer to a probe. */
    record Verdict(boolean good, String text) {}

    /** Bad when there is something to do and it is not done: what a restart might mend, or a person must. */
    static Verdict live(Progress.Phase phase, long secondsSinceLastTurn) {
        if (phase.state() == RelayState.BLOCKED) {
            return new Verdict(false, describe(phase));
        }
        if (phase.state() == RelayState.STREAMING && secondsSinceLastTurn > STUCK_SECONDS) {
            return new Verdict(false, "stuck: the replication stream was last read " + secondsSinceLastTurn + " s ago");
        }
        return new Verdict(true, describe(phase));
    }

    /** Good on the active relay and on a healthy standby, and says which. */
    static Verdict ready(Progress.Phase phase) {
        boolean good = switch (phase.state()) {
            case STREAMING, CATCHING_UP, HEALING, STANDBY -> true;
            case STARTING, WAITING, RELIEVING, RETRYING, BLOCKED, STOPPED -> false;
        };
        return new Verdict(good, describe(phase));
    }

    private static String describe(Progress.Phase phase) {
        return phase.reason() == null
                ? phase.state().word()
                : phase.state().word() + ": " + phase.reason().getMessage();
    }
}
