package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.producer.Outbox;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** From the start of a relay's process to the first event that it stores, behind a table and a journal of many events. */
final class StartPart {
    private static final int STARTS = 5;
    private static final long POLL_MILLIS = 5;

    private final Servers servers;
    private final int rows;

    StartPart(Servers servers, int rows) {
        this.servers = servers;
        this.rows = rows;
    }

    void run(List<String> relayJvmArgs, PrintStream out)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        AftercommitRelay relay = AftercommitRelay.of("java -jar", relayJvmArgs);
        List<AftercommitRelay> contenders = new ArrayList<>(List.of(relay));
        JavaProcess first;
        if (AotCache.isPossible()) {
            AotCache cache = AotCache.beside(AftercommitRelay.JAR);
            contenders.add(AftercommitRelay.of("with an AOT cache, as in the image", cache.used(relayJvmArgs)));
            first = AftercommitRelay.of("recording", cache.recorded(relayJvmArgs))
                    .startStreaming(servers);
        } else {
            first = relay.startStreaming(servers);
        }
        Progress.say("Publishing " + Table.number(rows) + " events");
        new Backlog(servers).insert(rows);
        awaitStored(rows);
        AftercommitRelay.stop(first);
        settle();
        measure(contenders, out);
    }

    /** Ends what such a burst leaves to the machine, so that it is not measured: vacuum, checkpoint, and dirty pages. */
    private void settle() throws SQLException, IOException, InterruptedException {
        Progress.say("Vacuum and checkpoint");
        servers.sql("VACUUM ANALYZE", "CHECKPOINT");
        new ProcessBuilder("sync").start().waitFor();
    }

    /** By turns, so that what else the machine does meets all alike. */
    private void measure(List<AftercommitRelay> contenders, PrintStream out)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        long[][] nanos = new long[contenders.size()][STARTS];
        int started = 0;
        for (int i = 0; i < STARTS; i++) {
            for (int which = 0; which < contenders.size(); which++) {
                Progress.say("Start " + (i + 1) + " of " + STARTS + ", "
                        + contenders.get(which).name());
                emitOne(started++);
                long begun = System.nanoTime();
                JavaProcess process = contenders.get(which).start(servers);
                awaitStored((long) rows + started);
                nanos[which][i] = System.nanoTime() - begun;
                AftercommitRelay.stop(process);
            }
        }
        out.println("\nStart with " + Table.number(rows)
                + " published events in the table: from the start of the process to the first event stored");
        for (int which = 0; which < contenders.size(); which++) {
            Percentiles times = Percentiles.of(nanos[which]);
            out.println("- " + contenders.get(which).name() + ": median "
                    + Table.number(times.p50() / 1000, 2) + " s, longest "
                    + Table.number(times.max() / 1000, 2) + " s of " + STARTS);
        }
    }

    private void emitOne(int number) throws SQLException {
        try (Connection connection = servers.database().getConnection()) {
            connection.setAutoCommit(false);
            Outbox.emit(connection, LoadEvent.of(0, number));
            connection.commit();
        }
    }

    private void awaitStored(long sequence) throws IOException, JetStreamApiException, InterruptedException {
        while (servers.lastSequence() < sequence) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
