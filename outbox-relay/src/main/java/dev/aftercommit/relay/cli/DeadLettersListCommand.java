package dev.aftercommit.relay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.InboxDeadLetters;
import dev.aftercommit.relay.postgres.InboxDeadLetters.DeadLetter;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Shows dead events without their payloads, the oldest first. Exits with 1 if there are any.")
final class DeadLettersListCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @Mixin
    private final DeadLetterFilter which = new DeadLetterFilter();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--limit", paramLabel = "N", description = "How many to show; 100 unless told.")
    private int limit = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (InboxDeadLetters dead = InboxDeadLetters.open(new Database(settings.database()))) {
            List<DeadLetter> letters = dead.list(which.choice(), limit);
            if (json) {
                out.println(json(letters));
            } else if (letters.isEmpty()) {
                out.println("No event is dead of " + which + ".");
            } else {
                letters.forEach(letter -> print(out, letter));
                long all = dead.count(which.choice());
                if (all > letters.size()) {
                    out.println("... and " + (all - letters.size()) + " more; --limit shows more of them");
                }
            }
            return letters.isEmpty() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        }
    }

    private static void print(PrintWriter out, DeadLetter letter) {
        out.printf(
                "%s/%s %s: %s %s, parked %s, %d attempts, %d waiting behind it%n    %s%n",
                letter.consumer(),
                letter.source(),
                letter.aggregate(),
                letter.eventType(),
                letter.event(),
                letter.since(),
                letter.attempts(),
                letter.waiting(),
                letter.error() == null ? "no error was noted" : letter.error());
    }

    private static String json(List<DeadLetter> letters) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (DeadLetter letter : letters) {
            ObjectNode node = array.addObject();
            node.put("consumer", letter.consumer());
            node.put("source", letter.source());
            node.put("event", letter.event().toString());
            node.put("aggregateType", letter.aggregate().type());
            node.put("aggregateId", letter.aggregate().id());
            node.put("eventType", letter.eventType());
            node.put("attempts", letter.attempts());
            node.put("error", letter.error());
            node.put("since", letter.since().toString());
            node.put("waiting", letter.waiting());
        }
        return array.toPrettyString();
    }
}
