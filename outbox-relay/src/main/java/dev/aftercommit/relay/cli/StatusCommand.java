package dev.aftercommit.relay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.PostgresSource;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.Proven;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.status.StatusJson;
import java.io.PrintWriter;
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
        ObjectNode status = StatusJson.of(config.source());
        boolean complete = database(config, status);
        complete &= stream(config, status);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(status.toPrettyString());
        } else {
            print(out, "", status);
        }
        return complete ? ExitCode.DONE : ExitCode.CHECK_FAILED;
    }

    private static boolean database(RelayConfig config, ObjectNode status) {
        Database database = new Database(config.database());
        try (PostgresSource source = PostgresSource.forLooking(database, SlotNames.DEFAULT);
                Ledger ledger = source.openLedger()) {
            SlotState slot = source.look().slot();
            StatusJson.putSlot(status, slot)
                    .put("name", SlotNames.DEFAULT.slot())
                    .put("exists", slot != null);
            Noted noted = ledger.noted();
            Proven proven = noted.mark().proven();
            StatusJson.putJournal(
                            status,
                            noted.epoch() == null ? 0 : noted.epoch().number(),
                            ledger.parked().events(),
                            ledger.incidents())
                    .put("history", noted.history().toString())
                    .put("entry", noted.entry())
                    .put("streamSequence", noted.mark().end().sequence())
                    .put("provenAt", proven == null ? null : proven.takenAt().toString());
            return slot != null;
        }
    }

    private static boolean stream(RelayConfig config, ObjectNode status) throws InterruptedException {
        try (Broker broker = Broker.connect(config.nats())) {
            EventStream stream = broker.stream(config.source(), config.streamReplicas());
            StreamState state = stream.look();
            ObjectNode node = StatusJson.putStream(status, stream.name()).put("exists", state != null);
            if (state != null) {
                StoredMessage last = stream.last();
                node.put("lastSequence", state.extent().last());
                node.put("lastPosition", last == null ? null : last.position().toString());
                node.put("lastEvent", last == null ? null : last.eventId().toString());
            }
            return state != null;
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
