package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.PartitionConfig;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.PostgresSource;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.preflight.BrokerPreflight;
import dev.aftercommit.relay.preflight.DatabasePreflight;
import dev.aftercommit.relay.preflight.Finding;
import dev.aftercommit.relay.preflight.PartitionsPreflight;
import dev.aftercommit.relay.preflight.PastPreflight;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.source.Ledger;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Looks at PostgreSQL and NATS and says what is not right and what to do about it. Changes nothing.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.all();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final List<Finding> findings = new ArrayList<>();
    private boolean reachable = true;

    @Override
    public Integer call() throws InterruptedException {
        RelayConfig config = settings.relay();
        Database database = new Database(config.database());
        try (Broker broker = broker(config)) {
            EventStream stream = broker == null ? null : broker.stream(config.source(), config.streamReplicas());
            if (broker != null && stream != null) {
                BrokerPreflight.inspect(broker, config.source(), stream, findings);
            }
            inspect(database, stream, config.partitions());
        }
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.printf(
                "%-8s %-22s %s%n", finding.level().name().toLowerCase(Locale.ROOT), finding.subject(), finding.text()));
        if (!reachable) {
            return ExitCode.UNREACHABLE;
        }
        return hasProblem() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private boolean hasProblem() {
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.PROBLEM);
    }

    private @Nullable Broker broker(RelayConfig config) throws InterruptedException {
        try {
            return Broker.connect(config.nats());
        } catch (AftercommitException e) {
            failed("NATS", e);
            return null;
        }
    }

    /** The database by itself, and then beside the stream. */
    private void inspect(Database database, @Nullable EventStream stream, PartitionConfig partitions) {
        try (Connection connection = database.connect()) {
            findings.addAll(DatabasePreflight.inspect(connection, SlotNames.DEFAULT));
        } catch (SQLException e) {
            failed("PostgreSQL", database.failure(e));
        }
        if (stream == null || hasProblem()) {
            return;
        }
        try (PostgresSource source = PostgresSource.forLooking(database, SlotNames.DEFAULT);
                Ledger ledger = source.openLedger()) {
            findings.addAll(PastPreflight.inspect(Past.lookFromOutside(source, ledger, stream), ledger.parked()));
            findings.addAll(PartitionsPreflight.inspect(source.partitions().list(), partitions, Instant.now()));
        } catch (AftercommitException e) {
            failed("past", e);
        }
    }

    private void failed(String subject, AftercommitException failure) {
        findings.add(Finding.problem(subject, failure.getMessage()));
        reachable &= ExitCode.of(failure.code()) != ExitCode.UNREACHABLE;
    }
}
