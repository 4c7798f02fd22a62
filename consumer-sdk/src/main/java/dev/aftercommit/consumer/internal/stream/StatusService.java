package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.consumer.ConsumerStatus;
import dev.aftercommit.consumer.PartitionStatus;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import io.nats.service.Service;
import io.nats.service.ServiceEndpoint;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows an instance of a consumer to NATS' tools, as a service with one endpoint: what it says of itself is in the
 * endpoint's statistics and in its answers. Thread-safe.
 */
public final class StatusService {
    private static final String NAME = "outbox-consumer";
    /** Of what the data look like. */
    private static final String VERSION = "1.0.0";
    /** Outside the subjects of any stream of ours. */
    private static final String SUBJECT = "aftercommit.consumer.";

    private final Supplier<ConsumerStatus> status;

    public StatusService(Supplier<ConsumerStatus> status) {
        this.status = status;
    }

    /** For as long as the connection is open, also after it was lost and has come back. */
    void over(Connection connection) {
        ConsumerStatus now = status.get();
        Service service = Service.builder()
                .connection(connection)
                .name(NAME)
                .version(VERSION)
                .description("handles outbox events")
                .metadata(Map.of("consumer", now.consumer(), "source", now.source()))
                .addServiceEndpoint(ServiceEndpoint.builder()
                        .endpointName("status")
                        .endpointSubject(SUBJECT + NUID.nextGlobal())
                        .handler(question -> question.respond(connection, data(status.get())))
                        .statsDataSupplier(() -> data(status.get()))
                        .build())
                .build();
        var ignored = service.startService(); // ends with the service
    }

    private static JsonValue data(ConsumerStatus now) {
        return JsonValueUtils.mapBuilder()
                .put("consumer", now.consumer())
                .put("source", now.source())
                .put("state", now.state().name())
                .put("health", now.health().verdict().name())
                .put("reasons", JsonValueUtils.instance(now.health().reasons()))
                .put(
                        "owned",
                        JsonValueUtils.instance(now.partitions().stream()
                                .filter(PartitionStatus::owned)
                                .map(PartitionStatus::partition)
                                .toList()))
                .put("lag_events", now.lag().events())
                .put("lag_seconds", seconds(now.lag().age()))
                .put("handled", now.handledEvents())
                .put("retrying", now.parked().retrying())
                .put("waiting", now.parked().waiting())
                .put("dead", now.parked().dead())
                .put("transaction_seconds", seconds(now.transactionAge()))
                .toJsonValue();
    }

    private static @Nullable Double seconds(@Nullable Duration age) {
        return age == null ? null : age.toMillis() / 1e3;
    }
}
