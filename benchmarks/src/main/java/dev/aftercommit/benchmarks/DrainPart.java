package dev.aftercommit.benchmarks;

import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** How fast a backlog is drained and what that costs: our relay and others, on the same backlog, one after another. */
final class DrainPart {
    private final Servers servers;
    private final int events;
    private final int runs;

    DrainPart(Servers servers, int events, int runs) {
        this.servers = servers;
        this.events = events;
        this.runs = runs;
    }

    void run(List<String> relayJvmArgs, List<Contender> others, PrintStream out)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        AftercommitRelay relay = AftercommitRelay.of("Aftercommit", relayJvmArgs);
        // On the empty table, so that slot and epoch are there and nothing is left to take from the table.
        AftercommitRelay.stop(relay.startStreaming(servers));
        Backlog backlog = new Backlog(servers);
        Progress.say("Loading " + Table.number(events) + " events");
        backlog.load(events);

        List<DrainResult> results = new ArrayList<>();
        results.add(median(backlog, relay));
        for (Contender other : others) {
            results.add(median(backlog, other));
            backlog.dropSlot(other.slot());
        }
        Progress.say("Draining the table by " + relay.name() + "'s first start");
        backlog.forgetRelay();
        results.add(Drain.measure(
                servers, AftercommitRelay.of("Aftercommit, first start, from the table", relayJvmArgs), events));
        Progress.say("Making the stream again by " + relay.name());
        results.add(Drain.measureWithoutStream(
                servers,
                AftercommitRelay.of("Aftercommit, stream made again, from journal and table", relayJvmArgs),
                events));
        print(results, others.size(), out);
    }

    /** The run with the rate in the middle. */
    private DrainResult median(Backlog backlog, Contender contender)
            throws SQLException, IOException, JetStreamApiException, InterruptedException {
        List<DrainResult> all = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
            Progress.say("Draining by " + contender.name() + (runs == 1 ? "" : ", run " + run + " of " + runs));
            backlog.rewind(contender.slot());
            all.add(Drain.measure(servers, contender, events));
        }
        all.sort(Comparator.comparingDouble(DrainResult::rate));
        return all.get(all.size() / 2);
    }

    private void print(List<DrainResult> results, int others, PrintStream out) {
        out.println("\nDrain of " + Table.number(events) + " waiting events of about 300 bytes, 10 a transaction"
                + (runs == 1 ? "" : "; the median of " + runs + " runs"));
        Table table = new Table(
                "",
                "events/s",
                "from process start",
                "second half",
                "CPU s/100k: relay",
                "walsender",
                "nats-server",
                "second half us/event",
                "peak MB",
                "stored");
        for (DrainResult result : results) {
            table.row(
                    result.relay(),
                    Table.number(result.rate(), 0),
                    Table.number(result.wholeRate(), 0),
                    Table.number(result.warm().rate(), 0),
                    Table.number(result.relayCpu(), 2),
                    Table.number(result.per100k(result.cpu().walsender()), 2),
                    Table.number(result.per100k(result.cpu().nats()), 2),
                    Table.number(result.warm().microsAnEvent(), 1),
                    megabytes(result.peakMegabytes()),
                    Table.number(result.stored()));
        }
        table.print(out);
        DrainResult ours = results.getFirst();
        for (DrainResult other : results.subList(1, 1 + others)) {
            out.println("Aftercommit to " + other.relay() + ": " + Table.number(ours.rate() / other.rate(), 1)
                    + " times the rate with " + Table.number(ours.relayCpu() / other.relayCpu(), 2)
                    + " of the relay's CPU" + memory(ours.peakMegabytes(), other.peakMegabytes()));
        }
    }

    private static String memory(OptionalLong ours, OptionalLong others) {
        return ours.isPresent() && others.isPresent()
                ? " and " + Table.number((double) ours.getAsLong() / others.getAsLong(), 2) + " of its memory"
                : "";
    }

    private static String megabytes(OptionalLong megabytes) {
        return megabytes.isPresent() ? Table.number(megabytes.getAsLong()) : "?";
    }
}
