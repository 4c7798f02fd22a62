package dev.aftercommit.demo.local;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes all there is to close, whatever fails on the way. */
final class Quietly {
    private static final Logger LOG = LoggerFactory.getLogger(Quietly.class);

    private Quietly() {}

    static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            // On Ctrl-C the terminal signals every process, so that one may be gone before it is stopped.
            LOG.debug("Something was closed already; going on with the rest", e);
        }
    }
}
