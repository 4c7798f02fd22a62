package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.InboxDeadLetters;
import dev.aftercommit.relay.postgres.InboxDeadLetters.Message;
import java.io.PrintWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows one event that is held back, dead or not, with its headers and its payload.")
final class DeadLettersShowCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @Parameters(paramLabel = "ID", description = "The event.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private UUID event;

    @Option(names = "--consumer", paramLabel = "NAME", description = "As this consumer holds it.")
    private @Nullable String consumer;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (InboxDeadLetters dead = InboxDeadLetters.open(new Database(settings.database()))) {
            List<Message> messages = dead.messages(event, consumer);
            for (Message message : messages) {
                out.println("Consumer " + message.consumer() + " (" + message.state() + ")");
                out.println("headers: " + message.headers());
                out.println(message.payload());
            }
            if (messages.isEmpty()) {
                out.println("Nobody holds back event " + event + ".");
            }
            return messages.isEmpty() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
        }
    }
}
