package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.testkit.TestRelay;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** How fast consumers handle a stream, one INSERT an event, and what that costs: ours and what teams write by hand. */
final class ConsumePart {
    private static final List<String> JVM_ARGS = List.of("-Xmx256m", "-XX:+UseSerialGC");
    private static final Duration STANDSTILL = Duration.ofSeconds(60);
    private static final int AT_ONCE = 10_000;

    /** One way to consume, in so many processes. */
    private record Way(String name, Class<?> main, Map<String, String> settings, int instances) {}

    private static final List<Way> WAYS = List.of(
            new Way("Aftercommit", SdkConsumer.class, Map.of("LISTS", "false"), 1),
            new Way("Aftercommit, 4 instances", SdkConsumer.class, Map.of("LISTS", "false"), 4),
            new Way("Aftercommit, handler of lists", SdkConsumer.class, Map.of("LISTS", "true"), 1),
            new Way("by hand, 1 thread", HandWrittenConsumer.class, Map.of("THREADS", "1"), 1),
            new Way("by hand, 8 threads, unordered", HandWrittenConsumer.class, Map.of("THREADS", "8"), 1));

    private final Servers servers;
    private final int messages;

    ConsumePart(Servers servers, int messages) {
        this.servers = servers;
        this.messages = messages;
    }

    void run(PrintStream out) throws SQLException, IOException, InterruptedException {
        Progress.say("Publishing " + Table.number(messages) + " events");
        try (TestRelay relay = new TestRelay(servers.nats().url(), Servers.SOURCE)) {
            relay.stream().create();
            for (int from = 0; from < messages; from += AT_ONCE) {
                relay.publishAll(IntStream.range(from, Math.min(messages, from + AT_ONCE))
                        .mapToObj(number -> LoadEvent.of(0, number))
                        .toList());
            }
        }
        Table table = new Table(
                "", "events/s", "second half", "CPU s/100k: consumer", "PostgreSQL", "peak MB, each", "effects");
        for (Way way : WAYS) {
            measure(way, table);
        }
        out.println("\nConsuming " + Table.number(messages) + " events of about 300 bytes, one INSERT each, in "
                + "transactions whose effect happens once");
        table.print(out);
    }

    private void measure(Way way, Table table) throws SQLException, IOException, InterruptedException {
        Progress.say("Consuming: " + way.name());
        PostgresServer postgres = servers.postgres();
        String database = "consumer_" + WAYS.indexOf(way);
        postgres.createDatabase(database);
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(ConsumingProcess.TABLES);
            Duration before = servers.postgresCpu();
            List<JavaProcess> processes = new ArrayList<>();
            try {
                for (int i = 0; i < way.instances(); i++) {
                    processes.add(start(way, database));
                }
                awaitAll(statement, processes);
                row(way, processes, servers.postgresCpu().minus(before), statement, table);
            } finally {
                processes.forEach(JavaProcess::close);
            }
        }
    }

    private JavaProcess start(Way way, String database) {
        Map<String, String> environment = new HashMap<>(way.settings());
        environment.put("JDBC_URL", servers.postgres().jdbcUrl(database));
        environment.put("DATABASE_USER", servers.postgres().user());
        environment.put("DATABASE_PASSWORD", servers.postgres().password());
        environment.put("NATS_URL", servers.nats().url());
        return JavaProcess.builder()
                .mainClass(way.main().getName())
                .jvmArgs(JVM_ARGS.toArray(String[]::new))
                .environment(environment)
                .name(way.name())
                .start();
    }

    /** By the table's own numbers first, which cost little to ask for. */
    private void awaitAll(Statement statement, List<JavaProcess> processes)
            throws SQLException, IOException, InterruptedException {
        long seen = 0;
        long moved = System.nanoTime();
        while (seen < messages || number(statement, "SELECT count(*) FROM effect") < messages) {
            TimeUnit.MILLISECONDS.sleep(50);
            long now = number(statement, "SELECT coalesce(max(id), 0) FROM effect");
            if (now > seen) {
                moved = System.nanoTime();
            }
            seen = now;
            if (System.nanoTime() - moved > STANDSTILL.toNanos()) {
                throw new IllegalStateException("It stands still at " + seen + " of " + messages + " events. Its log:\n"
                        + Files.readString(processes.getFirst().log()));
            }
        }
    }

    private void row(Way way, List<JavaProcess> processes, Duration postgres, Statement statement, Table table)
            throws SQLException {
        double cpu = 0;
        OptionalLong peak = OptionalLong.empty();
        for (JavaProcess process : processes) {
            ProcessUsage usage = new ProcessUsage(process.pid());
            cpu += ProcessUsage.seconds(usage.cpu());
            OptionalLong megabytes = usage.peakMegabytes();
            if (megabytes.isPresent() && megabytes.getAsLong() > peak.orElse(0)) {
                peak = megabytes;
            }
        }
        double seconds = answer(statement, "SELECT extract(epoch FROM max(at) - min(at)) FROM effect");
        double secondHalf = answer(
                statement,
                "SELECT extract(epoch FROM max(at) - min(at)) FROM (SELECT at FROM effect ORDER BY at OFFSET "
                        + messages / 2 + ") half");
        table.row(
                way.name(),
                Table.number(messages / seconds, 0),
                Table.number((messages - messages / 2) / secondHalf, 0),
                Table.number(cpu * 100_000 / messages, 2),
                Table.number(ProcessUsage.seconds(postgres) * 100_000 / messages, 2),
                peak.isPresent() ? Table.number(peak.getAsLong()) : "?",
                Table.number(number(statement, "SELECT count(*) FROM effect")));
    }

    private static long number(Statement statement, String query) throws SQLException {
        return (long) answer(statement, query);
    }

    private static double answer(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getDouble(1);
        }
    }
}
