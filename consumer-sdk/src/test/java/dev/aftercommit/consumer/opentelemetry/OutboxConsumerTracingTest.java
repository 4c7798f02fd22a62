package dev.aftercommit.consumer.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.spi.HandlerCall;
import dev.aftercommit.consumer.spi.HandlerInterceptor;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutboxConsumerTracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String TRACEPARENT = "00-" + TRACE + '-' + SPAN + "-01";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final HandlerInterceptor tracing = new OutboxConsumerTracing(telemetry);

    @AfterEach
    void close() {
        telemetry.close();
    }

    @Test
    void aCallIsAChildOfTheProducersSpanAndLinkedToIt() throws Exception {
        EventEnvelope event = event(Map.of("traceparent", TRACEPARENT, "correlationid", "order-7"));
        HandlerInterceptor.After after = tracing.before(call(event));
        assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
        after.ended(null);
        assertThat(Span.current().getSpanContext().isValid()).isFalse();

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("process accounts");
        assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(span.getParentSpanId()).isEqualTo(SPAN);
        assertThat(links(span)).containsExactly(SPAN);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(span))
                .containsOnly(
                        Map.entry("messaging.system", "nats"),
                        Map.entry("messaging.operation.name", "process"),
                        Map.entry("messaging.operation.type", "process"),
                        Map.entry("messaging.consumer.group.name", "directory"),
                        Map.entry("messaging.destination.name", "outbox.accounts.account.AccountCreated.07"),
                        Map.entry("messaging.destination.partition.id", "07"),
                        Map.entry("messaging.message.id", event.eventId().toString()),
                        Map.entry("messaging.message.conversation_id", "order-7"));
    }

    @Test
    void underAnotherSpanItIsThatOnesChildAndStillLinked() throws Exception {
        Span outer = telemetry.getTracer("test").spanBuilder("outer").startSpan();
        try (Scope scope = outer.makeCurrent()) {
            assertThat(scope).isNotNull();
            tracing.before(call(event(Map.of("traceparent", TRACEPARENT)))).ended(null);
        }
        assertThat(onlySpan().getParentSpanId())
                .isEqualTo(outer.getSpanContext().getSpanId());
        assertThat(links(onlySpan())).containsExactly(SPAN);
    }

    @Test
    void anEventWithoutATraceOrWithABrokenOneBeginsOne() throws Exception {
        tracing.before(call(event(Map.of()))).ended(null);
        tracing.before(call(event(Map.of("traceparent", "nonsense")))).ended(null);
        assertThat(exporter.getFinishedSpanItems()).hasSize(2).allSatisfy(span -> {
            assertThat(span.getParentSpanContext().isValid()).isFalse();
            assertThat(span.getLinks()).isEmpty();
        });
    }

    @Test
    void aCallForSeveralEventsIsLinkedToEachAndNobodysChild() throws Exception {
        String other = "00-" + TRACE + "-00f067aa0ba902b7-01";
        tracing.before(call(event(Map.of("traceparent", TRACEPARENT)), event(Map.of("traceparent", other))))
                .ended(null);
        assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
        assertThat(links(onlySpan())).containsExactly(SPAN, "00f067aa0ba902b7");
    }

    @Test
    void aFailureIsNamedWithoutItsMessage() throws Exception {
        tracing.before(call(event(Map.of()))).ended(new IllegalStateException("secret"));
        tracing.before(call(event(Map.of()))).ended(new AftercommitException(ErrorCode.PAYLOAD_UNREADABLE, "secret"));
        assertThat(exporter.getFinishedSpanItems())
                .allSatisfy(span -> {
                    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
                    assertThat(span.toString()).doesNotContain("secret");
                })
                .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("error.type")))
                .containsExactly("java.lang.IllegalStateException", "payload-unreadable");
    }

    private SpanData onlySpan() {
        return exporter.getFinishedSpanItems().getFirst();
    }

    private static List<String> links(SpanData span) {
        return span.getLinks().stream()
                .map(LinkData::getSpanContext)
                .map(context -> context.getSpanId())
                .toList();
    }

    private static Map<String, Object> attributes(SpanData span) {
        return span.getAttributes().asMap().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().getKey(), Map.Entry::getValue));
    }

    private static HandlerCall call(EventEnvelope... events) {
        Connection unused = (Connection) Proxy.newProxyInstance(
                OutboxConsumerTracingTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> unexpected());
        return new HandlerCall("directory", List.of(events), "Handlers.on(AccountCreated)", unused);
    }

    private static @Nullable Object unexpected() {
        throw new AssertionError("a trace asks the database nothing");
    }

    private static EventEnvelope event(Map<String, String> headers) {
        return new EventEnvelope(
                UUID.randomUUID(),
                "accounts",
                "account",
                "a",
                "AccountCreated",
                1,
                EventEnvelope.JSON,
                Instant.now(),
                new OutboxPosition(1, 1, 0),
                7,
                headers);
    }
}
