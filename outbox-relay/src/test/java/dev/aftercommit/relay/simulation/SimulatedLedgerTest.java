package dev.aftercommit.relay.simulation;

import dev.aftercommit.relay.simulation.SimulatedDatabase.Request;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Transaction;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.LedgerContract;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

class SimulatedLedgerTest extends LedgerContract {
    private final World world = new World(1, new Plan(List.of()), false);
    private final Ledger ledger = new SimulatedLedger(world.database(), new Calls() {
        @Override
        public <T> T call(String what, Supplier<T> work) {
            return work.get();
        }

        @Override
        public SimulatedProcess process() {
            return null;
        }
    });

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected Open begin() {
        Transaction transaction = world.database().begin();
        world.database().insert(transaction);
        UUID event = transaction.rows.getFirst().id();
        return new Open() {
            @Override
            public UUID event() {
                return event;
            }

            @Override
            public void commit() {
                world.database().commit(transaction, 0);
            }
        };
    }

    @Override
    protected void request(UUID event, boolean discard) {
        world.database()
                .request(
                        discard ? Request.DISCARD : Request.RETRY,
                        parked -> parked.event().equals(event));
    }
}
