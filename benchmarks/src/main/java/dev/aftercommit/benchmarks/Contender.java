package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;

/** A relay whose drain is measured. */
interface Contender {
    /** As in the table. */
    String name();

    /** The replication slot it reads from. */
    String slot();

    /** The stream it fills. */
    String stream();

    /** The subjects of the stream, when the benchmark has to make it; empty when the relay does. */
    String subjects();

    /** Starts it in its own process; does not wait for anything. */
    JavaProcess start(Servers servers);
}
