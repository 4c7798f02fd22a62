package dev.aftercommit.demo;

import java.util.Collection;

/**
 * The middle and the tail of some times, in the unit of the times; nearest rank.
 *
 * @param p50 half of them are at most this
 * @param p99 99 of 100 are at most this
 */
public record Percentiles(double p50, double p99) {
    /**
     * The percentiles of some times.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static Percentiles of(Collection<Double> times) {
        if (times.isEmpty()) {
            throw new IllegalArgumentException("no times, no percentiles");
        }
        double[] sorted =
                times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Percentiles(rank(sorted, 0.50), rank(sorted, 0.99));
    }

    private static double rank(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
