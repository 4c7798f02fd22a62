package dev.aftercommit.relay.admin;

import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.status.RelayStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The relay's metrics in Prometheus' format. */
final class RelayMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @SuppressWarnings("resource") // the GC listener lives as long as the process
    RelayMetrics(String source, Supplier<RelayStatus> status) {
        Tags tags = Tags.of("source", source);
        counter(
                "outbox.relay.stored",
                "Events stored in the stream",
                tags,
                status,
                now -> now.flow().stored());
        counter(
                "outbox.relay.skipped",
                "Changes that were in the stream already when they were read again",
                tags,
                status,
                now -> now.flow().skipped());
        counter(
                "outbox.relay.runs",
                "Runs started; each lost server ends one",
                tags,
                status,
                now -> now.flow().runs());
        gauge(
                "outbox.relay.in.flight",
                "Messages without an answer yet",
                tags,
                status,
                now -> now.flow().inFlight());
        gauge(
                "outbox.relay.slot.lag.bytes",
                "WAL between what the slot has confirmed and the end",
                tags,
                status,
                now -> slot(now, slot -> slot.wal().lagBytes()));
        gauge(
                "outbox.relay.slot.retained.bytes",
                "WAL that PostgreSQL keeps for the slot",
                tags,
                status,
                now -> slot(now, slot -> slot.wal().retainedBytes()));
        gauge(
                "outbox.relay.parked",
                "Events that are held back",
                tags,
                status,
                now -> now.held().parked());
        for (Incident.Kind kind : Incident.Kind.values()) {
            gauge(
                    "outbox.relay.incidents",
                    "Times that the past had changed, as outbox.incident has them",
                    tags.and("kind", kind.word()),
                    status,
                    now -> now.held().incidents().getOrDefault(kind.word(), 0L));
        }
        gauge(
                "outbox.relay.stuck",
                "1 when a part of the relay does not come round any more",
                tags,
                status,
                now -> now.stuck() == null ? 0 : 1);
        for (RelayState state : RelayState.values()) {
            gauge(
                    "outbox.relay.state",
                    "1 for the state that the relay is in",
                    tags.and("state", state.word()),
                    status,
                    now -> now.phase().state() == state ? 1 : 0);
        }
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    String scrape() {
        return registry.scrape();
    }

    private void counter(
            String name, String text, Tags tags, Supplier<RelayStatus> status, ToDoubleFunction<RelayStatus> value) {
        FunctionCounter.builder(name, status, current -> value.applyAsDouble(current.get()))
                .description(text)
                .tags(tags)
                .register(registry);
    }

    private void gauge(
            String name, String text, Tags tags, Supplier<RelayStatus> status, ToDoubleFunction<RelayStatus> value) {
        Gauge.builder(name, status, current -> value.applyAsDouble(current.get()))
                .description(text)
                .tags(tags)
                .register(registry);
    }

    private static double slot(RelayStatus now, ToDoubleFunction<SlotState> value) {
        return now.slot() == null ? Double.NaN : value.applyAsDouble(now.slot());
    }
}
