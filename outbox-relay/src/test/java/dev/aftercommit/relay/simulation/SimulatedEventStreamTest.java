package dev.aftercommit.relay.simulation;

import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.EventStreamContract;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Publication;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Transaction;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Trouble;
import dev.aftercommit.relay.simulation.SimulatedDatabase.WalRecord;
import dev.aftercommit.relay.source.OutboxChange;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(booleans = {false, true})
class SimulatedEventStreamTest extends EventStreamContract {
    private final World world = new World(1, new Plan(List.of()), false);
    private final EventStream stream = new SimulatedEventStream(world, new SimulatedClient(world, "one"));
    private final EventStream another = new SimulatedEventStream(world, new SimulatedClient(world, "another"));

    SimulatedEventStreamTest(boolean isCluster) {
        world.broker().isCluster = isCluster;
    }

    /** Nothing is delivered that is committed without one. */
    @BeforeEach
    void makePublication() {
        world.database().contents.publication = new Publication(1, 1, true);
    }

    @Override
    protected EventStream stream() {
        return stream;
    }

    @Override
    protected EventStream another() {
        return another;
    }

    @Override
    protected OutboxChange commit() {
        return commit(Trouble.NONE);
    }

    @Override
    protected OutboxChange commitTooLarge() {
        return commit(Trouble.TOO_LARGE);
    }

    @Override
    protected OutboxChange commitRefused() {
        return commit(Trouble.REFUSED);
    }

    private OutboxChange commit(Trouble trouble) {
        SimulatedDatabase database = world.database();
        Transaction transaction = database.begin();
        database.insert(transaction, trouble);
        database.commit(transaction, 0);
        WalRecord record = database.contents.wal.getLast();
        return new OutboxChange(
                record.lsn(),
                0,
                SimulatedDatabase.time(record.time()),
                SimulatedLedger.published(record.rows().getFirst(), world));
    }

    @Override
    protected void remove(long sequence) {
        world.broker().deleteMessage(false, (int) sequence - 1);
    }

    @Override
    protected void purge(long before) {
        world.broker().purge(before > world.broker().stream.last, (int) before - 1);
    }

    @Override
    protected void hold() {
        world.broker().downUntil = Long.MAX_VALUE;
    }

    @Override
    protected void release() {
        world.broker().downUntil = 0;
    }

    @Override
    protected void disconnect() {
        world.broker().cut(0);
    }
}
