package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.history.Decision;
import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.operate.Heal;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.PostgresSource;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.source.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Clock;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "heal",
        mixinStandardHelpOptions = true,
        description = {
            "Decides what only a person may decide, when the relay is blocked.",
            "Without a decision it says what there is to decide, and exits with 1 if there is something."
        })
final class HealCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.all();

    @Parameters(
            arity = "0..1",
            paramLabel = "DECISION",
            description = {
                "rebuild-stream: has the stream deleted and made again from this database;",
                "accept-removal: does without what was removed from the stream;",
                "give-up-gone: never publishes events whose rows are gone."
            },
            converter = DecisionConverter.class,
            completionCandidates = DecisionConverter.class)
    private @Nullable Decision decision;

    @Option(names = "--dry-run", description = "Only say what the decision would change.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        RelayConfig config = settings.relay();
        try (Broker broker = Broker.connect(config.nats());
                PostgresSource source = PostgresSource.forLooking(new Database(config.database()), SlotNames.DEFAULT);
                Ledger ledger = source.openLedgerForLongQueries()) {
            Heal heal = new Heal(
                    source, ledger, broker.stream(config.source(), config.streamReplicas()), Clock.systemUTC());
            return decision == null ? say(heal) : decide(heal, decision, config.source());
        }
    }

    private int say(Heal heal) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Diagnosis.Blocked blocked = heal.blocked();
        if (blocked == null) {
            out.println("There is nothing to decide: what is not right, if anything, the relay mends by itself.");
            return ExitCode.DONE;
        }
        out.println(blocked.text());
        for (Decision choice : blocked.choices()) {
            out.println();
            out.println("outbox-relay heal " + choice.word());
            heal.foresee(choice).forEach(line -> out.println("    " + line));
        }
        return ExitCode.CHECK_FAILED;
    }

    private int decide(Heal heal, Decision chosen, String source) throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        heal.foresee(chosen).forEach(out::println);
        if (dryRun) {
            out.println("Nothing was changed.");
            return ExitCode.DONE;
        }
        if (!yes && !isConfirmed(source)) {
            out.println("Nothing was changed.");
            return ExitCode.WRONG_SETTINGS;
        }
        heal.carryOut(chosen);
        out.println("Done; a relay that runs goes on within seconds.");
        return ExitCode.DONE;
    }

    private boolean isConfirmed(String source) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.print("Type the name of the source, " + source + ", to do it: ");
        out.flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        return answer != null && answer.strip().equals(source);
    }

    /** Decisions are typed as they are written. */
    static final class DecisionConverter implements ITypeConverter<Decision>, Iterable<String> {
        @Override
        public Decision convert(String value) {
            return Arrays.stream(Decision.values())
                    .filter(each -> each.word().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is no decision; there are " + String.join(", ", this)));
        }

        @Override
        public Iterator<String> iterator() {
            return words().iterator();
        }

        private static List<String> words() {
            return Arrays.stream(Decision.values()).map(Decision::word).collect(Collectors.toList());
        }
    }
}
