package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.InboxDeadLetters;
import dev.aftercommit.relay.postgres.InboxDeadLetters.State;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "redrive",
        mixinStandardHelpOptions = true,
        description = {
            "Has dead events tried again by the consumer's instances, with all their attempts; when one passes, what waits"
                    + " behind it follows in order.",
            "Waits until each was tried once, as long as there is progress."
        })
final class DeadLettersRedriveCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration TELL_EVERY = Duration.ofSeconds(2);

    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @Mixin
    private final DeadLetterFilter which = new DeadLetterFilter();

    @Option(names = "--all", description = "All of this database, where nothing else says which.")
    private boolean all;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        which.requireSome(all, spec.commandLine());
        try (InboxDeadLetters dead = InboxDeadLetters.open(new Database(settings.database()))) {
            List<UUID> events = dead.redrive(which.choice());
            if (events.isEmpty()) {
                out.println("No event is dead of " + which + ".");
                return ExitCode.CHECK_FAILED;
            }
            State state = await(dead, events, which.choice(), out);
            long passed = events.size() - state.untried() - state.failed() - state.dead();
            out.println(passed + " of " + events.size() + " event(s) of " + which + " have passed.");
            if (state.untried() > 0) {
                out.println(state.untried()
                        + " were not tried yet: the next instance of the consumer that runs tries them.");
            }
            if (state.failed() + state.dead() > 0) {
                out.println(state.failed() + " have failed again and are tried further, " + state.dead()
                        + " are dead again: " + state.error());
            }
            return passed == events.size() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        }
    }

    private static State await(InboxDeadLetters dead, List<UUID> events, InboxDeadLetters.Choice which, PrintWriter out)
            throws InterruptedException {
        State state = dead.state(events, which);
        Instant progress = Instant.now();
        Instant told = progress;
        while (state.untried() > 0 && Instant.now().isBefore(progress.plus(PATIENCE))) {
            Thread.sleep(POLL);
            State now = dead.state(events, which);
            if (now.untried() < state.untried()) {
                progress = Instant.now();
            }
            state = now;
            if (Instant.now().isAfter(told.plus(TELL_EVERY))) {
                out.println("tried " + (events.size() - state.untried()) + " of " + events.size());
                out.flush();
                told = Instant.now();
            }
        }
        return state;
    }
}
