package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Percentiles;
import dev.aftercommit.demo.page.Frame.Latency;
import dev.aftercommit.demo.page.Frame.Second;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Commit-to-handled times: the last thousand, and the last minute by seconds. Not thread-safe. */
final class Latencies {
    private static final int LAST = 1_000;
    private static final int SECONDS = 60;

    private final ArrayDeque<Double> last = new ArrayDeque<>();
    private final TreeMap<Long, List<Double>> bySecond = new TreeMap<>();

    void add(double millis, Instant handledAt) {
        last.addLast(millis);
        if (last.size() > LAST) {
            last.removeFirst();
        }
        bySecond.computeIfAbsent(handledAt.getEpochSecond(), second -> new ArrayList<>())
                .add(millis);
    }

    Latency at(Instant now) {
        long second = now.getEpochSecond();
        bySecond.headMap(second - SECONDS).clear();
        List<Second> series = new ArrayList<>();
        for (Map.Entry<Long, List<Double>> entry : bySecond.entrySet()) {
            Percentiles percentiles = Percentiles.of(entry.getValue());
            series.add(new Second(entry.getKey(), entry.getValue().size(), percentiles.p50(), percentiles.p99()));
        }
        if (last.isEmpty()) {
            return new Latency(null, null, second, series);
        }
        Percentiles recent = Percentiles.of(last);
        return new Latency(recent.p50(), recent.p99(), second, series);
    }
}
