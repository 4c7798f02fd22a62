package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.capture.SlotNames;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.provision.DatabasePreflight;
import dev.aftercommit.relay.provision.Finding;
import dev.aftercommit.relay.provision.Slot;
import dev.aftercommit.relay.publish.BrokerPreflight;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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
    private final SettingOptions settings = new SettingOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        RelayConfig config = settings.read();
        List<Finding> findings = new ArrayList<>();
        boolean reachable = database(config, findings);
        reachable &= BrokerPreflight.inspect(config, findings);
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.printf(
                "%-8s %-24s %s%n",
                finding.level().name().toLowerCase(java.util.Locale.ROOT), finding.subject(), finding.text()));
        boolean wrong = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.PROBLEM);
        if (!reachable) {
            return ExitCode.UNREACHABLE;
        }
        return wrong ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private static boolean database(RelayConfig config, List<Finding> findings) {
        try (Connection connection = config.database().connect()) {
            findings.addAll(DatabasePreflight.inspect(connection, SlotNames.DEFAULT));
            Slot slot = Slot.find(connection, SlotNames.DEFAULT.slot());
            findings.add(
                    slot == null
                            ? Finding.warning(
                                    "replication slot", "there is none yet; the relay makes it at its first start")
                            : slot.finding());
            return true;
        } catch (SQLException e) {
            AftercommitException failure = config.database().failure(e);
            findings.add(Finding.problem("PostgreSQL", failure.getMessage()));
            return ExitCode.of(failure.code()) != ExitCode.UNREACHABLE;
        }
    }
}
