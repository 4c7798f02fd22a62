package dev.aftercommit.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays schedules of faults over simulated servers. {@code -Dsimulation.schedules} says how many, {@code
 * -Dsimulation.seed} which one to begin with: a failing one is printed and made as short as it can be.
 */
class SimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);
    private static final long SCHEDULES = Long.getLong("simulation.schedules", 200_000);

    @Test
    void everyCommittedEventIsInTheStreamOnceWhateverHappensToThePast() throws InterruptedException {
        long seed = Long.getLong("simulation.seed", 1);
        Simulation simulation = new Simulation();
        long began = System.nanoTime();
        Simulation.Failure failure = simulation.run(seed, SCHEDULES);
        LOG.warn(
                "{} schedules from seed {}, {} steps, {} ms",
                SCHEDULES,
                seed,
                simulation.steps(),
                (System.nanoTime() - began) / 1_000_000);
        if (failure != null) {
            Simulation.Failure shrunk = simulation.shrink(failure);
            assertThat(failure.seed())
                    .as(
                            "Seed %d (-Dsimulation.seed=%d -Dsimulation.schedules=1):%n%s",
                            failure.seed(), failure.seed(), shrunk.story())
                    .isNull();
        }
    }
}
