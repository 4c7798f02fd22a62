package dev.aftercommit.relay.admin;

import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.supervise.Progress;
import dev.aftercommit.relay.supervise.RelayState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/** The relay's metrics in Prometheus' format. */
final class RelayMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @SuppressWarnings("resource") // the GC listener lives as long as the process
    RelayMetrics(String source, Progress progress) {
        Tags tags = Tags.of("source", source);
        counter("outbox.relay.stored", "Events stored in the stream", tags, progress, Progress::stored);
        counter(
                "outbox.relay.skipped",
                "Changes that were in the stream already when they were read again",
                tags,
                progress,
                Progress::skipped);
        counter("outbox.relay.runs", "Runs started; each lost server ends one", tags, progress, Progress::runs);
        gauge("outbox.relay.in.flight", "Messages without an answer yet", tags, progress, Progress::inFlight);
        gauge(
                "outbox.relay.slot.lag.bytes",
                "WAL between what the slot has confirmed and the end",
                tags,
                progress,
                p -> slot(p, s -> s.wal().lagBytes()));
        gauge(
                "outbox.relay.slot.retained.bytes",
                "WAL that PostgreSQL keeps for the slot",
                tags,
                progress,
                p -> slot(p, s -> s.wal().retainedBytes()));
        gauge("outbox.relay.parked", "Events that are held back", tags, progress, Progress::parked);
        for (Incident.Kind kind : Incident.Kind.values()) {
            gauge(
                    "outbox.relay.incidents",
                    "Times that the past had changed, as outbox.incident has them",
                    tags.and("kind", kind.word()),
                    progress,
                    p -> p.incidents().getOrDefault(kind.word(), 0L));
        }
        for (RelayState state : RelayState.values()) {
            gauge(
                    "outbox.relay.state",
                    "1 for the state that the relay is in",
                    tags.and("state", state.word()),
                    progress,
                    p -> p.phase().state() == state ? 1 : 0);
        }
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    String scrape() {
        return registry.scrape();
    }

    private void counter(String name, String text, Tags tags, Progress progress, ToDoubleFunction<Progress> value) {
        FunctionCounter.builder(name, progress, value)
                .description(text)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String text, Tags tags, Progress progress, ToDoubleFunction<Progress> value) {
        Gauge.builder(name, progress, value).description(text).tags(tags).register(registry);
    }

    private static double slot(Progress progress, ToDoubleFunction<SlotState> value) {
        SlotState slot = progress.slot();
        return slot == null ? Double.NaN : value.applyAsDouble(slot);
    }
}
