package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** How long events take to be stored and to be handled, at several rates. */
final class LatencyPart {
    private final Servers servers;
    private final int[] rates;
    private final int warmUpSeconds;
    private final int seconds;

    LatencyPart(Servers servers, int[] rates, int warmUpSeconds, int seconds) {
        this.servers = servers;
        this.rates = rates.clone();
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    void run(List<String> relayJvmArgs, PrintStream out)
            throws SQLException, IOException, JetStreamApiException, InterruptedException, ExecutionException {
        JavaProcess relay = AftercommitRelay.of("Aftercommit", relayJvmArgs).startStreaming(servers);
        List<LatencyResult> results = new ArrayList<>();
        try {
            Latency latency = new Latency(servers, relay, warmUpSeconds, seconds);
            try (Probe stored = new StoredProbe(servers)) {
                measure(latency, stored, results);
            }
            try (Probe handled = new HandledProbe(servers)) {
                measure(latency, handled, results);
            }
        } finally {
            AftercommitRelay.stop(relay);
        }
        print(results, out);
    }

    private void measure(Latency latency, Probe probe, List<LatencyResult> results)
            throws InterruptedException, ExecutionException {
        latency.awaitReady(probe);
        for (int rate : rates) {
            Progress.say("Commit to " + probe.name() + " at " + Table.number(rate) + " events a second");
            results.add(latency.measure(probe, rate));
        }
    }

    private void print(List<LatencyResult> results, PrintStream out) {
        out.println("\nLatency in milliseconds, open-loop load of one event a transaction, " + seconds + " s after "
                + warmUpSeconds + " s of warm-up");
        Table table = new Table(
                "commit to",
                "events/s",
                "achieved",
                "p50",
                "p99",
                "max",
                "from due time: p50",
                "p99",
                "max",
                "relay's CPU, cores",
                "missing");
        for (LatencyResult result : results) {
            table.row(
                    result.end(),
                    Table.number(result.rate()),
                    Table.number(result.achieved(), 0),
                    Table.number(result.fromCommit().p50(), 2),
                    Table.number(result.fromCommit().p99(), 2),
                    Table.number(result.fromCommit().max(), 1),
                    Table.number(result.fromDue().p50(), 2),
                    Table.number(result.fromDue().p99(), 2),
                    Table.number(result.fromDue().max(), 1),
                    Table.number(result.relayCores(), 2),
                    Table.number(result.missing()));
        }
        table.print(out);
        out.println("""
                stored: received by an ordered push consumer. handled: the commit of a handler's one-row transaction returned.
                commit: when the producer's commit returned. due time: when the load's schedule wanted the emit to begin, so that
                a stall counts for every event it delays; includes the producer's INSERT and commit.""");
    }
}
