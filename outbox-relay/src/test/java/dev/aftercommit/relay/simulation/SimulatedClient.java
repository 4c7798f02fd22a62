package dev.aftercommit.relay.simulation;

/** A test that calls the servers by itself. */
final class SimulatedClient extends SimulatedProcess {
    SimulatedClient(World world, String name) {
        super(world, name);
    }

    @Override
    protected void run() {}
}
