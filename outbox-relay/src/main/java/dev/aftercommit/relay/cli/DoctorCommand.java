package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.preflight.BrokerPreflight;
import dev.aftercommit.relay.preflight.DatabasePreflight;
import dev.aftercommit.relay.preflight.Finding;
import dev.aftercommit.relay.stream.StreamTail;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
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
        StreamTail tail = broker(config);
        boolean published = database(config, tail == null ? StreamTail.EMPTY : tail);
        if (tail == null) {
            findings.add(BrokerPreflight.missingStream(config.source(), published));
        }
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.printf(
                "%-8s %-22s %s%n", finding.level().name().toLowerCase(Locale.ROOT), finding.subject(), finding.text()));
        if (!reachable) {
            return ExitCode.UNREACHABLE;
        }
        return hasProblem(findings) ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private static boolean hasProblem(List<Finding> looked) {
        return looked.stream().anyMatch(finding -> finding.level() == Finding.Level.PROBLEM);
    }

    /** Where the stream ends; null when there is none. */
    private @Nullable StreamTail broker(RelayConfig config) throws InterruptedException {
        try (Broker broker = Broker.connect(config.nats())) {
            return BrokerPreflight.inspect(broker, config.source(), findings);
        } catch (AftercommitException e) {
            failed("NATS", e);
            return StreamTail.EMPTY;
        }
    }

    /** Whether the database was ever published, as far as it can be seen. */
    private boolean database(RelayConfig config, StreamTail tail) {
        try (Connection connection = config.database().connect()) {
            List<Finding> server = DatabasePreflight.inspect(connection, SlotNames.DEFAULT);
            findings.addAll(server);
            return !hasProblem(server) && DatabasePreflight.inspectSlot(connection, SlotNames.DEFAULT, tail, findings);
        } catch (SQLException e) {
            failed("PostgreSQL", config.database().failure(e));
            return false;
        }
    }

    private void failed(String subject, AftercommitException failure) {
        findings.add(Finding.problem(subject, failure.getMessage()));
        reachable &= ExitCode.of(failure.code()) != ExitCode.UNREACHABLE;
    }
}
