package dev.aftercommit.relay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.ParkedQueues;
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
        description =
                "Shows the queues, one for each aggregate that waits, the oldest first. Exits with 1 if there are any.")
final class ParkedListCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--limit", paramLabel = "N", description = "How many queues to show; 100 unless told.")
    private int limit = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (ParkedQueues parked = ParkedQueues.open(new Database(settings.database()))) {
            List<ParkedQueues.Queue> queues = parked.list(limit);
            if (json) {
                out.println(json(queues));
            } else if (queues.isEmpty()) {
                out.println("Nothing is parked.");
            } else {
                queues.forEach(queue -> print(out, queue));
            }
            return queues.isEmpty() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        }
    }

    private static void print(PrintWriter out, ParkedQueues.Queue queue) {
        out.printf(
                "%s: event %s since %s, %s%s%n    %s: %s%n",
                queue.aggregate(),
                queue.head(),
                queue.since(),
                queue.waiting() + " waiting behind it",
                queue.requested() == null ? "" : ", " + queue.requested() + " requested",
                queue.reason(),
                queue.detail());
    }

    private static String json(List<ParkedQueues.Queue> queues) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (ParkedQueues.Queue queue : queues) {
            ObjectNode node = array.addObject();
            node.put("aggregateType", queue.aggregate().type());
            node.put("aggregateId", queue.aggregate().id());
            node.put("event", queue.head().toString());
            node.put("reason", queue.reason());
            node.put("detail", queue.detail());
            node.put("since", queue.since().toString());
            node.put("waiting", queue.waiting());
            node.put("requested", queue.requested());
        }
        return array.toPrettyString();
    }
}
