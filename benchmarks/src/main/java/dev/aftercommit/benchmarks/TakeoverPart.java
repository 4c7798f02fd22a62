package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.producer.Outbox;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** For how long nothing is stored after the active relay was killed while another stands by. */
final class TakeoverPart {
    private static final long EMIT_MILLIS = 5;
    private static final long POLL_MILLIS = 5;
    /** What the killed relay had sent is stored by then. */
    private static final long LAST_WORDS_MILLIS = 50;

    private static final long STEADY_MILLIS = 2_000;

    private final Servers servers;
    private final int kills;

    TakeoverPart(Servers servers, int kills) {
        this.servers = servers;
        this.kills = kills;
    }

    void run(List<String> relayJvmArgs, PrintStream out)
            throws SQLException, IOException, JetStreamApiException, InterruptedException, ExecutionException {
        AftercommitRelay active = AftercommitRelay.of("one relay", relayJvmArgs);
        AftercommitRelay standby = AftercommitRelay.of("the other relay", relayJvmArgs);
        JavaProcess activeProcess = active.startStreaming(servers);
        JavaProcess standbyProcess = standby.startAs("standby", servers);
        AtomicBoolean ended = new AtomicBoolean();
        long[] nanos = new long[kills];
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> load = thread.submit(() -> {
                emit(ended);
                return null;
            });
            for (int i = 0; i < kills; i++) {
                Progress.say("Kill " + (i + 1) + " of " + kills);
                TimeUnit.MILLISECONDS.sleep(STEADY_MILLIS);
                nanos[i] = kill(activeProcess);
                activeProcess.close();
                AftercommitRelay killed = active;
                active = standby;
                activeProcess = standbyProcess;
                standby = killed;
                standbyProcess = standby.startAs("standby", servers);
            }
            ended.set(true);
            load.get();
        } finally {
            ended.set(true);
            AftercommitRelay.stop(standbyProcess);
            AftercommitRelay.stop(activeProcess);
        }
        Percentiles times = Percentiles.of(nanos);
        out.println("\nTakeover: from the SIGKILL of the active relay to the first event that the other has stored, "
                + Table.number(1000 / EMIT_MILLIS) + " events/s: median " + Table.number(times.p50() / 1000, 2)
                + " s, longest " + Table.number(times.max() / 1000, 2) + " s of " + kills + " kills");
    }

    private void emit(AtomicBoolean ended) throws SQLException, InterruptedException {
        try (Connection connection = servers.database().getConnection()) {
            connection.setAutoCommit(false);
            for (int number = 0; !ended.get(); number++) {
                Outbox.emit(connection, LoadEvent.of(0, number));
                connection.commit();
                TimeUnit.MILLISECONDS.sleep(EMIT_MILLIS);
            }
        }
    }

    private long kill(JavaProcess process) throws IOException, JetStreamApiException, InterruptedException {
        long killed = System.nanoTime();
        process.kill();
        TimeUnit.MILLISECONDS.sleep(LAST_WORDS_MILLIS);
        long before = servers.lastSequence();
        while (servers.lastSequence() == before) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return System.nanoTime() - killed;
    }
}
