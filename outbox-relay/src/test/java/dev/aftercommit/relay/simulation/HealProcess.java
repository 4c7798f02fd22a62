package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.history.Decision;
import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.operate.Heal;
import dev.aftercommit.relay.source.Ledger;
import java.util.List;

/** The command {@code heal}, by a person who takes one of the choices that it gives. */
final class HealProcess extends SimulatedProcess {
    private final Causes causes;

    HealProcess(World world, Causes causes) {
        super(world, "heal");
        this.causes = causes;
    }

    @Override
    protected void run() throws InterruptedException {
        try (SimulatedSource source = new SimulatedSource(world(), this);
                Ledger ledger = source.openLedger()) {
            SimulatedEventStream stream = new SimulatedEventStream(world(), this);
            Heal heal = new Heal(source, ledger, stream, world().clock());
            Diagnosis.Blocked blocked = heal.blocked();
            if (blocked != null && !blocked.choices().isEmpty()) {
                world().say("{} reads: {}", this, blocked.text());
                causes.require(blocked.text());
                decide(heal, blocked.choices());
            }
        } catch (AftercommitException e) {
            world().say("{} ends: {}", this, e.getMessage());
        }
    }

    private void decide(Heal heal, List<Decision> choices) throws InterruptedException {
        Decision decision = choices.get(world().random().nextInt(choices.size()));
        heal.foresee(decision).forEach(line -> world().say("  {}", line));
        heal.carryOut(decision);
        world().say("  {} is carried out", decision.word());
    }
}
