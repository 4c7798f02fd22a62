package dev.aftercommit.relay.upkeep;

import dev.aftercommit.contract.AftercommitException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A chore that publishing does not depend on: when it fails, it says so once, and the next time tries again. */
final class Forgiving implements Chore {
    private static final Logger LOG = LoggerFactory.getLogger(Forgiving.class);

    private final Chore chore;
    private boolean failed;

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
            failed = false;
            return found;
        } catch (AftercommitException e) {
            if (!failed) {
                LOG.warn("Publishing goes on, but the upkeep of the partitions does not: {}", e.getMessage());
            }
            LOG.debug("The chore has failed", e);
            failed = true;
            return Finding.NOTHING;
        }
    }
}
