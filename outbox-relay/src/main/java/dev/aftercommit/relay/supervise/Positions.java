package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.Noted;
import java.util.Objects;

/**
 * The positions of a slot's changes.
 *
 * @param systemIdentifier of the cluster that the slot is of
 */
record Positions(Noted noted, String systemIdentifier) {
    OutboxPosition of(long lsn, int ordinal) {
        return noted.position(systemIdentifier, lsn, ordinal);
    }

    /** Behind all that was held back before: of a change that is held back later than its turn. */
    OutboxPosition late(long lsn, int ordinal) {
        return new OutboxPosition(Objects.requireNonNull(noted.epoch()).number(), lsn, ordinal);
    }
}
