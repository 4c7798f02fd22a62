package dev.aftercommit.relay.admin;

import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.status.RelayStatus;

/** Health means progress, not a process that answers. Pure. */
final class Health {
    private Health() {}

    /** An answer to a probe. */
    record Verdict(boolean good, String text) {}

    /** Bad when there is something to do and it is not done: what a restart might mend, or a person must. */
    static Verdict live(RelayStatus status) {
        if (status.stuck() != null) {
            return new Verdict(false, status.stuck().toString());
        }
        return new Verdict(
                status.phase().state() != RelayState.BLOCKED, status.phase().toString());
    }

    /** Good on the active relay and on a healthy standby, and says which. */
    static Verdict ready(RelayStatus status) {
        boolean works = switch (status.phase().state()) {
            case STREAMING, CATCHING_UP, HEALING, STANDBY -> true;
            case STARTING, WAITING, RELIEVING, RETRYING, BLOCKED, STOPPED -> false;
        };
        return status.stuck() == null ? new Verdict(works, status.phase().toString()) : live(status);
    }
}
