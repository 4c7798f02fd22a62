package dev.aftercommit.relay.simulation;

import dev.aftercommit.relay.simulation.Plan.Kind;
import java.util.EnumSet;
import java.util.Set;

/** What has happened to a world, and so what a relay may have against it. */
final class Causes {
    private final World world;
    private final Set<Kind> happened = EnumSet.noneOf(Kind.class);

    Causes(World world) {
        this.world = world;
    }

    void add(Kind kind) {
        happened.add(kind);
    }

    /** A reason to be blocked that cannot be is a violation. */
    void require(String reason) {
        boolean canBe;
        if (reason.contains("Messages were removed from the stream by hand")) {
            canBe = includeOneOf(
                    Kind.PURGE, Kind.PURGE_SOME, Kind.DELETE_MESSAGE, Kind.DELETE_LAST_MESSAGE, Kind.RESTORE_STREAM);
        } else if (reason.contains("in outbox.event any more")) {
            canBe = includeOneOf(Kind.HOURS_PASS)
                    && (includeLostMessages() || includeOneOf(Kind.RESTORE, Kind.FAIL_OVER, Kind.SLOW_COMMIT));
        } else {
            boolean isOfARestoredDatabase = reason.contains("gone its own way")
                    || reason.contains("was never published")
                    || reason.contains("that this relay has not made");
            canBe = isOfARestoredDatabase && includeOneOf(Kind.RESTORE, Kind.FAIL_OVER);
        }
        if (!canBe) {
            world.violate("Blocked without a cause: " + reason);
        }
    }

    boolean includeOneOf(Kind... kinds) {
        for (Kind kind : kinds) {
            if (happened.contains(kind)) {
                return true;
            }
        }
        return false;
    }

    /** Whether messages were removed from the end of the stream. */
    boolean includeALostEnd() {
        return includeOneOf(Kind.DELETE_MESSAGE, Kind.DELETE_LAST_MESSAGE, Kind.PURGE, Kind.RESTORE_STREAM);
    }

    /** Whether messages were removed from the stream, by whatever. */
    boolean includeLostMessages() {
        return includeOneOf(
                Kind.DELETE_STREAM,
                Kind.PURGE,
                Kind.PURGE_SOME,
                Kind.DELETE_MESSAGE,
                Kind.DELETE_LAST_MESSAGE,
                Kind.RESTORE_STREAM);
    }

    /** Whether an old copy of the stream may have brought back what had got another place since. */
    boolean includeARestoreOfWhatWasLost() {
        return includeOneOf(Kind.RESTORE_STREAM)
                && includeOneOf(Kind.PURGE, Kind.DELETE_STREAM)
                && world.database().contents.epochs.size() > 1;
    }

    /**
     * Whether anything has happened that a relay cannot get over by itself, as it does over crashes and lost messages. One
     * that is frozen between the drop of an old slot and the making of a new one moves the slot of the next leader.
     */
    boolean includeAChangedPast() {
        return includeLostMessages()
                || includeOneOf(
                        Kind.FREEZE,
                        Kind.RESTORE,
                        Kind.FAIL_OVER,
                        Kind.DUMP_INTO_ANOTHER,
                        Kind.DROP_SLOT,
                        Kind.DROP_AND_MAKE_SLOT,
                        Kind.ADVANCE_SLOT,
                        Kind.LOSE_SLOT,
                        Kind.ALTER_PUBLICATION,
                        Kind.DROP_PUBLICATION,
                        Kind.DROP_AND_MAKE_PUBLICATION);
    }
}
