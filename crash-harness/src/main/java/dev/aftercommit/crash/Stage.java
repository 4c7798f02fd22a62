package dev.aftercommit.crash;

import dev.aftercommit.crash.fault.Fault;
import dev.aftercommit.crash.world.ConsumerProgram;
import dev.aftercommit.crash.world.DatabaseTemplate;
import dev.aftercommit.crash.world.RelayProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What all rounds are played with.
 *
 * @param consumers the service that handles the events; empty where nobody does
 */
record Stage(DatabaseTemplate outbox, RelayProgram relay, Optional<ConsumerProgram> consumers) {
    /**
     * Makes it ready.
     *
     * @param folder one that exists as long as rounds are played
     */
    static Stage make(HarnessConfig.Jars jars, Path folder) throws Exception {
        DatabaseTemplate outbox = DatabaseTemplate.outbox(folder);
        RelayProgram relay = RelayProgram.warmedUp(jars.relay(), outbox, folder);
        Optional<ConsumerProgram> consumers = jars.service().isPresent()
                ? Optional.of(ConsumerProgram.warmedUp(jars.service().get(), outbox, relay, folder))
                : Optional.empty();
        return new Stage(outbox, relay, consumers);
    }

    Schedule draw(long seed, List<Fault> allowed) {
        return consumers.isPresent() ? Schedule.ofConsumers(seed, allowed) : Schedule.ofRelay(seed, allowed);
    }
}
