package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.ParkedQueues;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = {
            "Publishes parked events once what was wrong is mended, each queue in its order and from its head on.",
            "They get the positions of now: consumers take them for new."
        })
final class ParkedRetryCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ParkedChoice which;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        try (ParkedQueues parked = ParkedQueues.open(new Database(settings.database()))) {
            return new ParkedRequests(parked, which, spec.commandLine().getOut())
                    .request(ParkedQueues.Request.RETRY, "are published, with what waited behind");
        }
    }
}
