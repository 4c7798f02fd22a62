package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** Events from their commit to one end, under a steady load. */
final class Latency {
    private static final int ARRIVAL_SECONDS = 60;

    private final Servers servers;
    private final ProcessUsage relay;
    private final int warmUpSeconds;
    private final int seconds;
    private int runs;

    Latency(Servers servers, JavaProcess relay, int warmUpSeconds, int seconds) {
        this.servers = servers;
        this.relay = new ProcessUsage(relay.pid());
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    /** Runs a load and looks at all of it but the warm-up. */
    LatencyResult measure(Probe probe, int rate) throws InterruptedException, ExecutionException {
        Timeline timeline = new Timeline(++runs, rate * (warmUpSeconds + seconds));
        probe.watch(timeline);
        try (OpenLoop load = OpenLoop.start(servers.database(), timeline, rate)) {
            load.awaitSecond(warmUpSeconds);
            Duration cpu = relay.cpu();
            load.awaitSecond(warmUpSeconds + seconds);
            cpu = relay.cpu().minus(cpu);
            load.awaitEnd();
            int missing = timeline.awaitAll(ARRIVAL_SECONDS);
            int first = rate * warmUpSeconds;
            return new LatencyResult(
                    probe.name(),
                    rate,
                    timeline.rate(first),
                    timeline.fromCommit(first),
                    timeline.fromDue(first),
                    ProcessUsage.seconds(cpu) / seconds,
                    missing);
        }
    }

    /** One event there and back, after whatever the far end still had to do. */
    void awaitReady(Probe probe) throws InterruptedException, ExecutionException {
        Timeline timeline = new Timeline(++runs, 1);
        probe.watch(timeline);
        try (OpenLoop load = OpenLoop.start(servers.database(), timeline, 1)) {
            load.awaitEnd();
            if (timeline.awaitAll(ARRIVAL_SECONDS) > 0) {
                throw new IllegalStateException(
                        "The first event was not " + probe.name() + " within " + ARRIVAL_SECONDS + " s");
            }
        }
    }
}
