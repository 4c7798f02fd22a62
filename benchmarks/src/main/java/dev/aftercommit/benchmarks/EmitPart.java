package dev.aftercommit.benchmarks;

import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * What an emit costs the transaction that it is in. The kinds of transactions take turns of half a second, so that
 * whatever else the machine does meets all of them.
 */
final class EmitPart {
    static final int CLIENTS = 8;
    private static final Duration TURN = Duration.ofMillis(500);
    private static final int TURNS_A_SECOND = 2;

    private final Servers servers;
    private final int warmUpSeconds;
    private final int seconds;

    EmitPart(Servers servers, int warmUpSeconds, int seconds) {
        this.servers = servers;
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    void run(PrintStream out) throws SQLException, InterruptedException, ExecutionException {
        servers.sql(EmitLoad.TABLES);
        List<Kind> kinds = new ArrayList<>();
        try {
            for (EmitLoad load : EmitLoad.values()) {
                kinds.add(new Kind(new EmitClients(servers.database(), load, CLIENTS), new ArrayList<>()));
            }
            Progress.say("Transactions with and without event, by turns");
            for (int round = 0; round < (warmUpSeconds + seconds) * TURNS_A_SECOND; round++) {
                for (Kind kind : round % 2 == 0 ? kinds : kinds.reversed()) {
                    Turn turn = turn(kind.clients());
                    if (round >= warmUpSeconds * TURNS_A_SECOND) {
                        kind.turns().add(turn);
                    }
                }
            }
        } finally {
            for (Kind kind : kinds) {
                kind.clients().close();
            }
        }
        print(kinds, out);
    }

    private record Kind(EmitClients clients, List<Turn> turns) {}

    private record Turn(double rate, double cpuMicros) {}

    private Turn turn(EmitClients clients) throws InterruptedException, ExecutionException {
        Duration cpu = servers.postgresCpu();
        long start = System.nanoTime();
        long transactions = clients.runFor(TURN);
        double took = (System.nanoTime() - start) / 1e9;
        double cpuMicros = servers.postgresCpu().minus(cpu).toNanos() / 1e3;
        return new Turn(transactions / took, cpuMicros / transactions);
    }

    private void print(List<Kind> kinds, PrintStream out) {
        out.println("\nTransactions of " + CLIENTS + " clients with prepared statements, by turns of " + TURN.toMillis()
                + " ms, " + seconds + " s each after " + warmUpSeconds + " s of warm-up");
        Table table = new Table(
                "a transaction with one row of the service's own",
                "transactions/s",
                "of the rate without event",
                "half of the turns",
                "PostgreSQL's CPU, us/transaction");
        for (Kind kind : kinds) {
            List<Turn> own = kind.turns();
            double[] ratios = ratios(own, kinds.getFirst().turns());
            table.row(
                    kind.clients().load().title(),
                    Table.number(median(own.stream().mapToDouble(Turn::rate).toArray()), 0),
                    Table.number(median(ratios), 2),
                    Table.number(ratios[ratios.length / 4], 2) + " to "
                            + Table.number(ratios[ratios.length * 3 / 4], 2),
                    Table.number(
                            median(own.stream().mapToDouble(Turn::cpuMicros).toArray()), 0));
        }
        table.print(out);
        out.println("Medians. Each turn's rate is compared with that of the turn without event in the same round.");
    }

    /** Of the rates, turn by turn; sorted. */
    private static double[] ratios(List<Turn> own, List<Turn> base) {
        double[] ratios = new double[own.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = own.get(i).rate() / base.get(i).rate();
        }
        Arrays.sort(ratios);
        return ratios;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
