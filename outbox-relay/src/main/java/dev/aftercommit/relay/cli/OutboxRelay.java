package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line's entry point. */
@Command(
        name = "outbox-relay",
        description = "Publishes a database's outbox events to NATS JetStream, in commit order, each once.",
        mixinStandardHelpOptions = true,
        versionProvider = OutboxRelay.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a check found something",
            "2:wrong usage or settings",
            "3:a server could not be reached"
        },
        subcommands = {
            RunCommand.class,
            MigrateCommand.class,
            DoctorCommand.class,
            StatusCommand.class,
            HealCommand.class,
            ParkedCommand.class,
            DeadLettersCommand.class,
            ResetCommand.class
        })
public final class OutboxRelay {
    private OutboxRelay() {}

    public static void main(String[] args) {
        GracefulExit.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new OutboxRelay());
        line.setExecutionExceptionHandler((exception, command, parsed) -> report(exception, command.getErr()));
        line.setParameterExceptionHandler((exception, args) -> report(exception));
        eachCommand(
                line,
                spec -> spec.usageMessage()
                        .sortOptions(false)
                        .abbreviateSynopsis(true)
                        .autoWidth(true));
        return line;
    }

    private static void eachCommand(CommandLine line, Consumer<CommandSpec> change) {
        change.accept(line.getCommandSpec());
        line.getSubcommands().values().forEach(command -> eachCommand(command, change));
    }

    /** Wrong usage: what is wrong and where to look, instead of two pages of help. */
    private static int report(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("outbox-relay: " + exception.getMessage());
        UnmatchedArgumentException.printSuggestions(exception, err);
        err.println("Run " + command.getCommandSpec().qualifiedName() + " --help for what there is.");
        return ExitCode.WRONG_SETTINGS;
    }

    private static int report(Exception exception, PrintWriter err) {
        if (exception instanceof AftercommitException known) {
            err.println("outbox-relay: " + known.getMessage());
            return ExitCode.of(known.code());
        }
        err.println("outbox-relay: unexpected failure");
        exception.printStackTrace(err);
        return ExitCode.CHECK_FAILED;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = OutboxRelay.class.getPackage().getImplementationVersion();
            return new String[] {"outbox-relay " + (version == null ? "(development)" : version)};
        }
    }
}
