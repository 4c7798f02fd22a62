package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts acknowledgements and holds them to the prediction: message {@code i} (from 0) of a run is stored at sequence
 * {@code lastSequence + 1 + i}, or the run is over. Pure; for one thread.
 */
final class AckLedger {
    private final long lastSequence;
    private final Set<Long> ahead = new HashSet<>();
    private long acknowledged;
    private long answered;

    AckLedger(long lastSequence) {
        this.lastSequence = lastSequence;
    }

    /** How many messages from the first on are stored, without a gap. */
    long acknowledged() {
        return acknowledged;
    }

    /** How many messages have got an answer of any kind. */
    long answered() {
        return answered;
    }

    /** Takes the answer to message {@code index}; returns what ends the run, or null. */
    @Nullable
    AftercommitException answer(long index, Acknowledgement acknowledgement) {
        answered++;
        return switch (acknowledgement) {
            case Acknowledgement.Stored stored -> stored(index, stored);
            case Acknowledgement.Fenced fenced ->
                new AftercommitException(
                        ErrorCode.FENCED, "Somebody else wrote to the stream: " + fenced.reason() + ".");
            case Acknowledgement.Retryable retryable ->
                new AftercommitException(
                        ErrorCode.BROKER_UNAVAILABLE, "JetStream did not store a message: " + retryable.reason() + ".");
            case Acknowledgement.Refused refused ->
                new AftercommitException(
                        ErrorCode.STREAM_MISMATCH, "JetStream refuses a message: " + refused.reason() + ".");
            case Acknowledgement.Rejected rejected ->
                new AftercommitException(
                        ErrorCode.STREAM_MISMATCH,
                        "JetStream refuses a message: " + rejected.reason()
                                + ". Mend the stream; the relay tries again by itself.");
        };
    }

    private @Nullable AftercommitException stored(long index, Acknowledgement.Stored stored) {
        if (stored.sequence() != lastSequence + 1 + index) {
            return new AftercommitException(
                    ErrorCode.FENCED,
                    "A message was stored at sequence " + stored.sequence() + (stored.duplicate() ? " (duplicate)" : "")
                            + " instead of " + (lastSequence + 1 + index) + ".");
        }
        if (index != acknowledged) {
            ahead.add(index);
            return null;
        }
        acknowledged++;
        while (!ahead.isEmpty() && ahead.remove(acknowledged)) {
            acknowledged++;
        }
        return null;
    }
}
