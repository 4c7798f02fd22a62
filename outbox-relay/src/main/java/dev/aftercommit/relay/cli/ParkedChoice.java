package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.ParkedQueues;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which parked events are meant: exactly one of the options is given. */
final class ParkedChoice {
    @Option(names = "--event", paramLabel = "ID", description = "This event.")
    private @Nullable UUID event;

    @Option(
            names = "--aggregate",
            paramLabel = "TYPE/ID",
            description = "The events of this aggregate.",
            converter = AggregateConverter.class)
    private @Nullable Aggregate aggregate;

    @Option(names = "--all", description = "Everything that is parked.")
    @SuppressWarnings("UnusedVariable") // it says on purpose what the absence of the others means
    private boolean all;

    ParkedQueues.Choice choice() {
        return new ParkedQueues.Choice(event, aggregate);
    }

    @Override
    public String toString() {
        return event != null ? "event " + event : aggregate != null ? aggregate.toString() : "all aggregates";
    }

    /** An aggregate's id may hold any character, its type no slash. */
    static final class AggregateConverter implements ITypeConverter<Aggregate> {
        @Override
        public Aggregate convert(String value) {
            int slash = value.indexOf('/');
            if (slash < 1 || slash == value.length() - 1) {
                throw new TypeConversionException("'" + value + "' is not a type and an id, such as account/42");
            }
            return new Aggregate(value.substring(0, slash), value.substring(slash + 1));
        }
    }
}
