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

    /** The subjects of the stream, which the benchmark makes anew for each run. */
    String subjects();

    /** Starts it in its own process; does not wait for anything. */
    JavaProcess start(Servers servers);
}
