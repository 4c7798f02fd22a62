package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.AftercommitException;
import org.jspecify.annotations.Nullable;

/** Lets the simulation answer to messages as JetStream does, and have the answers counted by the relay's own code. */
public final class SimulatedAnswers {
    private final AckLedger ledger;

    public SimulatedAnswers(long lastSequence) {
        this.ledger = new AckLedger(lastSequence);
    }

    public long acknowledged() {
        return ledger.acknowledged();
    }

    public long answered() {
        return ledger.answered();
    }

    /** What each of these returns is what ends the publisher; null when nothing does. */
    public @Nullable AftercommitException stored(long index, long sequence, boolean duplicate) {
        return ledger.answer(index, new Acknowledgement.Stored(sequence, duplicate));
    }

    public @Nullable AftercommitException outOfTurn(long index) {
        return ledger.answer(index, new Acknowledgement.Fenced("wrong last sequence"));
    }

    public @Nullable AftercommitException refused(long index, String reason) {
        return ledger.answer(index, new Acknowledgement.Refused(reason));
    }

    public @Nullable AftercommitException noStream(long index) {
        return ledger.answer(index, new Acknowledgement.Retryable("nobody listens"));
    }
}
