package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.function.Supplier;

/** A connection of a relay to the simulated database: each call is a step at which anything may happen. */
record DatabaseCalls(World world, SimulatedProcess process, int generation) implements Calls {
    @Override
    public <T> T call(String what, Supplier<T> work) {
        world.enter(process, what, World.Server.DATABASE);
        if (world.database().isDown() || generation != world.database().generation) {
            throw unavailable(what);
        }
        T result = work.get();
        world.leave(process, what, World.Server.DATABASE);
        return result;
    }

    static AftercommitException unavailable(String what) {
        return new AftercommitException(ErrorCode.DATABASE_UNAVAILABLE, "The database went away during " + what + ".");
    }
}
