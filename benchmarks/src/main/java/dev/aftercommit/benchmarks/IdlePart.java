package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a relay costs that has nothing to do. */
final class IdlePart {
    private static final int SETTLE_SECONDS = 10;

    private final Servers servers;
    private final int seconds;

    IdlePart(Servers servers, int seconds) {
        this.servers = servers;
        this.seconds = seconds;
    }

    void run(List<String> relayJvmArgs, PrintStream out) throws IOException, InterruptedException {
        Progress.say("Idle");
        JavaProcess relay = AftercommitRelay.of("Aftercommit", relayJvmArgs).startStreaming(servers);
        try {
            ProcessUsage usage = new ProcessUsage(relay.pid());
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            Duration before = usage.cpu();
            TimeUnit.SECONDS.sleep(seconds);
            double percent = ProcessUsage.seconds(usage.cpu().minus(before)) * 100 / seconds;
            out.println("\nIdle relay: " + Table.number(percent, 1) + " % of a core over " + seconds + " s");
        } finally {
            AftercommitRelay.stop(relay);
        }
    }
}
