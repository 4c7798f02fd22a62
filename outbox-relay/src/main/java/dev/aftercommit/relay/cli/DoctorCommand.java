package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.capture.SlotNames;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.preflight.BrokerPreflight;
import dev.aftercommit.relay.preflight.DatabasePreflight;
import dev.aftercommit.relay.preflight.Finding;
import dev.aftercommit.relay.publish.Broker;
import dev.aftercommit.relay.publish.StreamTail;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
        StreamTail tail = broker(config);
        database(config, tail);
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.printf(
                "%-8s %-22s %s%n", finding.level().name().toLowerCase(Locale.ROOT), finding.subject(), finding.text()));
        if (!reachable) {
            return ExitCode.UNREACHABLE;
        }
        return hasProblems() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private boolean hasProblems() {
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.PROBLEM);
    }

    private StreamTail broker(RelayConfig config) throws InterruptedException {
        try (Broker broker = Broker.connect(config.nats())) {
            return BrokerPreflight.inspect(broker, config.source(), findings);
        } catch (AftercommitException e) {
            failed("NATS", e);
            return StreamTail.EMPTY;
        }
    }

    private void database(RelayConfig config, StreamTail tail) {
        try (Connection connection = config.database().connect()) {
            List<Finding> server = DatabasePreflight.inspect(connection, SlotNames.DEFAULT);
            findings.addAll(server);
            if (server.stream().noneMatch(finding -> finding.level() == Finding.Level.PROBLEM)) {
                findings.addAll(DatabasePreflight.inspectSlot(connection, SlotNames.DEFAULT, tail));
            }
        } catch (SQLException e) {
            failed("PostgreSQL", config.database().failure(e));
        }
    }

    private void failed(String subject, AftercommitException failure) {
        findings.add(Finding.problem(subject, failure.getMessage()));
        reachable &= ExitCode.of(failure.code()) != ExitCode.UNREACHABLE;
    }
}
