package dev.aftercommit.relay.upkeep;

import dev.aftercommit.contract.AftercommitException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chore that publishing does not depend on: when it fails, the next time tries again. Says so when it fails a second time
 * in a row: what is wrong with a server has ended the run by then, and is said there.
 */
final class Forgiving implements Chore {
    private static final Logger LOG = LoggerFactory.getLogger(Forgiving.class);

    private final Chore chore;
    private int failures;

    Forgiving(Chore chore) {
        this.chore = chore;
    }

    @Override
    public Duration interval() {
        return chore.interval();
    }

    @Override
    public Finding run() {
        try {
            Finding found = chore.run();
            failures = 0;
            return found;
        } catch (AftercommitException e) {
            failures++;
            if (failures == 2) {
                LOG.warn("Publishing goes on, but the upkeep of the partitions does not: {}", e.getMessage());
            }
            LOG.debug("The chore has failed", e);
            return Finding.NOTHING;
        }
    }
}
