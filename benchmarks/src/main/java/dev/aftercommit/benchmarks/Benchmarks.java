package dev.aftercommit.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code make bench}. */
@Command(
        name = "make bench ARGS=...",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures the relay, emits and consumers on PostgreSQL and nats-server processes of its own. Asserts nothing about time.")
final class Benchmarks implements Callable<Integer> {
    /** What can be measured. */
    enum Part {
        drain,
        latency,
        idle,
        emit,
        takeover,
        start,
        consume
    }

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "Of ${COMPLETION-CANDIDATES}. Default: all.")
    private Set<Part> only = EnumSet.allOf(Part.class);

    @Option(names = "--events", description = "Events to drain. Default: ${DEFAULT-VALUE}.", defaultValue = "300000")
    private int events;

    @Option(
            names = "--runs",
            description = "Drains by each relay; the median is printed. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int runs;

    @Option(
            names = "--debezium-server",
            description = "Drain by Debezium Server, too. Maven downloads it, 781 MB, the first time.")
    private boolean debeziumServer;

    @Option(names = "--alone", description = "Drain by our relay only.")
    private boolean alone;

    @Option(
            names = "--rates",
            split = ",",
            description = "Events a second at which latency is measured. Default: ${DEFAULT-VALUE}.",
            defaultValue = "500,2000")
    private int[] rates = {};

    @Option(
            names = "--seconds",
            description = "How long each rate, and each kind of transaction, is measured. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int seconds;

    @Option(
            names = "--warm-up",
            description = "Seconds of load before that. Default: ${DEFAULT-VALUE}.",
            defaultValue = "5")
    private int warmUpSeconds;

    @Option(
            names = "--kills",
            description = "Relays to kill while another stands by. Default: ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int kills;

    @Option(
            names = "--rows",
            description = "Published events in the table before a relay is started. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1000000")
    private int rows;

    @Option(
            names = "--messages",
            description = "Events in the stream before consumers are started. Default: ${DEFAULT-VALUE}.",
            defaultValue = "100000")
    private int messages;

    @Option(
            names = "--relay-jvm-arg",
            paramLabel = "ARG",
            description = "One more argument of the relay's JVM, such as -XX:StartFlightRecording=...; repeatable.")
    private List<String> relayJvmArgs = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    private final String[] args;
    private final PrintStream out;

    @SuppressWarnings("NullAway.Init") // picocli sets spec
    private Benchmarks(String[] args, PrintStream out) {
        this.args = args.clone();
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks(args, System.out)).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        require(events >= 10 && events % 10 == 0, "--events must be a multiple of 10");
        require(rows >= 10 && rows % 10 == 0, "--rows must be a multiple of 10");
        require(messages > 1, "--messages must be 2 or more");
        require(kills > 0, "--kills must be positive");
        require(runs > 0 && seconds > 0 && warmUpSeconds >= 0, "--runs and --seconds must be positive");
        require(
                AftercommitRelay.isBuilt(),
                "outbox-relay/target/outbox-relay.jar is not there: run make bench, or this from the project's folder");
        List<Contender> others = new ArrayList<>();
        if (!alone) {
            others.add(new EngineRelay());
        }
        if (debeziumServer) {
            others.add(DebeziumServer.prepare());
        }
        String command = args.length == 0 ? "make bench" : "make bench ARGS='" + String.join(" ", args) + "'";
        boolean described = false;
        for (Part part : EnumSet.copyOf(only)) {
            try (Servers servers = Servers.start()) {
                if (!described) {
                    out.println("Command: " + command + "\n" + Machine.describe(servers));
                    out.println("JVM arguments: " + String.join(" ", AftercommitRelay.JVM_ARGS) + " (Aftercommit), "
                            + String.join(" ", EngineRelay.JVM_ARGS) + " (engine), none (Debezium Server)");
                    described = true;
                }
                run(part, servers, others);
            }
        }
        return 0;
    }

    private void run(Part part, Servers servers, List<Contender> others) throws Exception {
        switch (part) {
            case drain -> new DrainPart(servers, events, runs).run(relayJvmArgs, others, out);
            case latency -> new LatencyPart(servers, rates, warmUpSeconds, seconds).run(relayJvmArgs, out);
            case idle -> new IdlePart(servers, seconds).run(relayJvmArgs, out);
            case emit -> new EmitPart(servers, warmUpSeconds, seconds).run(out);
            case takeover -> new TakeoverPart(servers, kills).run(relayJvmArgs, out);
            case start -> new StartPart(servers, rows).run(relayJvmArgs, out);
            case consume -> new ConsumePart(servers, messages).run(out);
        }
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
