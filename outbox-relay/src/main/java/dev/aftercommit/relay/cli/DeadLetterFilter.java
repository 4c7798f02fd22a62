package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.InboxDeadLetters;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which dead events are meant: those that are everything that is given. */
final class DeadLetterFilter {
    @Option(names = "--consumer", paramLabel = "NAME", description = "Those of this consumer.")
    private @Nullable String consumer;

    @Option(names = "--source", paramLabel = "NAME", description = "Those of this source.")
    private @Nullable String source;

    @Option(names = "--event", paramLabel = "ID", description = "This event.")
    private @Nullable UUID event;

    @Option(
            names = "--aggregate",
            paramLabel = "TYPE/ID",
            description = "The one of this aggregate.",
            converter = ParkedChoice.AggregateConverter.class)
    private @Nullable Aggregate aggregate;

    @Option(names = "--type", paramLabel = "NAME", description = "Those of this event type, such as AccountCreated.")
    private @Nullable String type;

    InboxDeadLetters.Choice choice() {
        return new InboxDeadLetters.Choice(consumer, source, aggregate, type, event);
    }

    /** For commands that change something: everything is meant only when it is said. */
    void requireSome(boolean all, CommandLine command) {
        boolean isEmpty = choice().equals(new InboxDeadLetters.Choice(null, null, null, null, null));
        if (isEmpty && !all) {
            throw new ParameterException(
                    command, "Say which: --consumer, --source, --aggregate, --type or --event, or else --all");
        }
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        add(parts, "consumer", consumer);
        add(parts, "source", source);
        add(parts, "event", event);
        add(parts, "aggregate", aggregate);
        add(parts, "type", type);
        return parts.isEmpty() ? "all consumers" : String.join(", ", parts);
    }

    private static void add(List<String> parts, String what, @Nullable Object value) {
        if (value != null) {
            parts.add(what + " " + value);
        }
    }
}
