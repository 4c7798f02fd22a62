package dev.aftercommit.benchmarks;

import java.util.Arrays;

/** Percentiles in milliseconds, of all samples: none is dropped or estimated. */
record Percentiles(double p50, double p99, double max) {
    static Percentiles of(long[] nanos) {
        if (nanos.length == 0) {
            return new Percentiles(Double.NaN, Double.NaN, Double.NaN);
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Percentiles(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }
}
