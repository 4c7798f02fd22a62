package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.InboxDeadLetters;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "discard",
        mixinStandardHelpOptions = true,
        description = "Gives dead events up: the consumer never handles them. What waits behind them it does.")
final class DeadLettersDiscardCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @Mixin
    private final DeadLetterFilter which = new DeadLetterFilter();

    @Option(names = "--all", description = "All of this database, where nothing else says which.")
    private boolean all;

    @Option(names = "--yes", description = "Do it. Without, it is only said what would be done.")
    private boolean yes;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        which.requireSome(all, spec.commandLine());
        try (InboxDeadLetters dead = InboxDeadLetters.open(new Database(settings.database()))) {
            if (!yes) {
                out.println(dead.count(which.choice()) + " event(s) of " + which
                        + " would be discarded, and never be handled. Nothing was done; add --yes to do it.");
                return ExitCode.WRONG_SETTINGS;
            }
            int discarded = dead.discard(which.choice()).size();
            out.println(
                    discarded == 0
                            ? "No event is dead of " + which + "."
                            : discarded + " event(s) of " + which + " are discarded.");
            return discarded == 0 ? ExitCode.CHECK_FAILED : ExitCode.DONE;
        }
    }
}
