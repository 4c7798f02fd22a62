package dev.aftercommit.relay.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.postgres.Slot;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.stream.EventStream;
import dev.aftercommit.relay.stream.StreamTail;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows where slot and stream stand, as PostgreSQL and NATS tell it; the relay need not run.")
final class StatusCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private final SettingOptions settings = SettingOptions.all();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        RelayConfig config = settings.relay();
        ObjectNode status = JSON.createObjectNode();
        status.put("source", config.source());
        boolean complete = slot(config, status.putObject("slot"));
        complete &= stream(config, status.putObject("stream"));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(status.toPrettyString());
        } else {
            print(out, "", status);
        }
        return complete ? ExitCode.DONE : ExitCode.CHECK_FAILED;
    }

    private static boolean slot(RelayConfig config, ObjectNode node) {
        try (Connection connection = config.database().connect()) {
            Slot slot = Slot.find(connection, SlotNames.DEFAULT.slot());
            node.put("name", SlotNames.DEFAULT.slot());
            node.put("exists", slot != null);
            if (slot != null) {
                node.put("active", slot.active());
                node.put("lagBytes", slot.lagBytes());
                node.put("retainedWalBytes", slot.retainedBytes());
                node.put("walStatus", slot.health().walStatus());
            }
            return slot != null;
        } catch (SQLException e) {
            throw config.database().failure(e);
        }
    }

    private static boolean stream(RelayConfig config, ObjectNode node) throws InterruptedException {
        try (Broker broker = Broker.connect(config.nats())) {
            EventStream stream = broker.stream(config.source());
            node.put("name", stream.name());
            boolean exists = stream.facts() != null;
            node.put("exists", exists);
            if (exists) {
                StreamTail tail = stream.tail();
                node.put("lastSequence", tail.sequence());
                StreamTail.LastMessage last = tail.last();
                node.put("lastPosition", last == null ? null : last.position().toString());
                node.put("lastEvent", last == null ? null : last.eventId().toString());
            }
            return exists;
        }
    }

    private static void print(PrintWriter out, String prefix, ObjectNode node) {
        node.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode child) {
                print(out, field.getKey() + ".", child);
            } else {
                out.printf(
                        "%-28s %s%n",
                        prefix + field.getKey(),
                        field.getValue().isNull() ? "-" : field.getValue().asText());
            }
        });
    }
}
