package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.history.Proof;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Proves again and again that the table is journaled. */
public record ProofChore(Proof proof) implements Chore {
    @Override
    public Duration interval() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Finding run() {
        List<UUID> unjournaled = proof.step();
        return unjournaled.isEmpty() ? Finding.NOTHING : new Finding.Unjournaled(unjournaled);
    }
}
