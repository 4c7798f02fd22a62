package dev.aftercommit.benchmarks;

/**
 * How long events took to the far end at one rate.
 *
 * @param relayCores CPU of the relay, in cores
 * @param missing events that did not arrive
 */
record LatencyResult(
        String end,
        int rate,
        double achieved,
        Percentiles fromCommit,
        Percentiles fromDue,
        double relayCores,
        int missing) {}
