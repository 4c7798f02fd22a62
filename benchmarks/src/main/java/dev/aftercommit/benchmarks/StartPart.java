package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.producer.Outbox;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
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
        AftercommitRelay relay = AftercommitRelay.of("Aftercommit", relayJvmArgs);
        JavaProcess first = relay.startStreaming(servers);
        Progress.say("Publishing " + Table.number(rows) + " events");
        new Backlog(servers).insert(rows);
        awaitStored(rows);
        AftercommitRelay.stop(first);
        long[] nanos = new long[STARTS];
        for (int i = 0; i < STARTS; i++) {
            Progress.say("Start " + (i + 1) + " of " + STARTS);
            emitOne(i);
            long begun = System.nanoTime();
            JavaProcess process = relay.start(servers);
            awaitStored(rows + i + 1L);
            nanos[i] = System.nanoTime() - begun;
            AftercommitRelay.stop(process);
        }
        Percentiles times = Percentiles.of(nanos);
        out.println("\nStart with " + Table.number(rows)
                + " published events in the table: from the start of the process to"
                + " the first event stored, median " + Table.number(times.p50() / 1000, 2) + " s, longest "
                + Table.number(times.max() / 1000, 2) + " s of " + STARTS);
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
