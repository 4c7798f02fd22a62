package dev.aftercommit.relay.status;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.SlotState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A relay at one moment.
 *
 * @param slot as it was last looked at; null before the first time
 * @param stuck a part that does not come round any more; null when all do
 */
public record RelayStatus(
        Phase phase,
        Flow flow,
        Place place,
        Held held,
        @Nullable SlotState slot,
        @Nullable Stuck stuck) {
    /** A state and since when. */
    public record Phase(
            RelayState state, Instant since, @Nullable AftercommitException reason) {
        @Override
        public String toString() {
            return reason == null ? state.word() : state.word() + ": " + reason.getMessage();
        }
    }

    /**
     * What this process has done.
     *
     * @param stored messages
     * @param inFlight messages on their way to the stream
     * @param skipped changes that were in the stream already when they were read again
     * @param runs that were started; each lost server ends one
     */
    public record Flow(long stored, long inFlight, long skipped, long runs) {}

    /**
     * How far it is.
     *
     * @param epoch 0 before it is known
     * @param lastPosition the last that was sent; null before the first
     * @param confirmedLsn what the slot was last told; 0 before the first time
     */
    public record Place(int epoch, @Nullable OutboxPosition lastPosition, long confirmedLsn) {}

    /**
     * What was not published as usual.
     *
     * @param parked events that are held back, as they were last counted
     * @param incidents that the database knows, by kind; empty before it was asked
     */
    public record Held(long parked, Map<String, Long> incidents) {
        public Held {
            incidents = Map.copyOf(incidents);
        }
    }

    /** A part of the relay, and for how long it has not come round. */
    public record Stuck(String part, Duration silence) {
        @Override
        public String toString() {
            return "stuck: the part \"" + part + "\" was last seen at work " + silence.toSeconds() + " s ago";
        }
    }
}
