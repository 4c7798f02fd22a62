package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.ParkedQueues;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "discard",
        mixinStandardHelpOptions = true,
        description = {
            "Gives parked events up: they are never published. What waited behind them is published then.",
            "Their rows stay in outbox.event for as long as the others."
        })
final class ParkedDiscardCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ParkedChoice which;

    @Option(names = "--yes", description = "Do it. Without, it is only said what would be done.")
    private boolean yes;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        try (ParkedQueues parked = ParkedQueues.open(new Database(settings.database()))) {
            if (!yes) {
                spec.commandLine()
                        .getOut()
                        .println(parked.state(which.choice()).parked() + " event(s) of " + which
                                + " would be discarded, and never be published. Nothing was done; add --yes to do it.");
                return ExitCode.WRONG_SETTINGS;
            }
            return new ParkedRequests(parked, which, spec.commandLine().getOut())
                    .request(ParkedQueues.Request.DISCARD, "are discarded");
        }
    }
}
