package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.InboxStarts;
import dev.aftercommit.relay.postgres.InboxStarts.Progress;
import dev.aftercommit.relay.postgres.InboxStarts.State;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "reset",
        mixinStandardHelpOptions = true,
        description = {
            "Has a consumer go on from another place: events behind it are handled again, those before it never.",
            "The database settings name the consumer's database. A running instance does it within seconds."
        })
final class ResetCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @Parameters(index = "0", paramLabel = "CONSUMER", description = "The consumer's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String consumer;

    @Parameters(index = "1", paramLabel = "SOURCE", description = "Whose events it handles.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String source;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PLACE",
            description = "beginning, now, a time such as 2026-11-24T10:00:00Z, or an Outbox-Position.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String place;

    @Option(names = "--yes", description = "Do it. Without, it is only said what would be done.")
    private boolean yes;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (InboxStarts starts = InboxStarts.open(new Database(settings.database()))) {
            if (!yes) {
                Progress progress = starts.progress(consumer, source);
                out.println("The consumer " + consumer + " has come to sequence " + progress.first() + " to "
                        + progress.last() + " in " + progress.partitions() + " partition(s) of " + source
                        + ", and holds back " + progress.parked() + " event(s). It would go on at: " + place
                        + ". Nothing was done; add --yes to do it.");
                return ExitCode.WRONG_SETTINGS;
            }
            State state = await(starts, starts.request(consumer, source, place));
            out.println(consumer + "/" + source + ": "
                    + (state.result() == null
                            ? "requested; the next instance of the consumer that runs does it."
                            : state.result()));
            return state.isDone() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        }
    }

    private static State await(InboxStarts starts, long request) throws InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        State state = starts.state(request);
        while (state.result() == null && Instant.now().isBefore(end)) {
            Thread.sleep(POLL);
            state = starts.state(request);
        }
        return state;
    }
}
