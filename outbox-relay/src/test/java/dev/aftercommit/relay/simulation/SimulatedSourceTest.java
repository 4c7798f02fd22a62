package dev.aftercommit.relay.simulation;

import static org.assertj.core.api.Assertions.fail;

import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.SourceContract;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

class SimulatedSourceTest extends SourceContract {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int STEP_MILLIS = 10;

    private final World world = new World(1, new Plan(List.of()), false);
    private final Source source = new SimulatedSource(world, new SimulatedClient(world, "one"));
    private @Nullable Source another;

    @Override
    protected Source source() {
        return source;
    }

    @Override
    protected Source another() {
        if (another == null) {
            another = new SimulatedSource(world, new SimulatedClient(world, "another"));
        }
        return another;
    }

    @Override
    protected Transaction begin() {
        SimulatedDatabase database = world.database();
        SimulatedDatabase.Transaction transaction = database.begin();
        return new Transaction() {
            @Override
            public UUID insert() {
                database.insert(transaction);
                return transaction.rows.getLast().id();
            }

            @Override
            public void commit() {
                database.commit(transaction, 0);
            }

            @Override
            public void rollBack() {
                database.rollBack(transaction);
            }
        };
    }

    @Override
    protected void alterPublication() {
        world.database().alterPublication(false);
    }

    @Override
    protected void dropPublication() {
        world.database().dropPublication(false);
    }

    @Override
    protected void breakConnections() {
        world.database().breakConnections();
    }

    @Override
    protected void meanwhile(Runnable work) {
        world.start("meanwhile", new SimulatedClient(world, "meanwhile"), () -> {
            world.pause(STEP_MILLIS);
            work.run();
        });
    }

    @Override
    protected void await(BooleanSupplier condition) {
        for (int waited = 0; !condition.getAsBoolean(); waited += STEP_MILLIS) {
            if (waited > PATIENCE_MILLIS) {
                fail("It does not come.");
            }
            world.pause(STEP_MILLIS);
        }
    }
}
