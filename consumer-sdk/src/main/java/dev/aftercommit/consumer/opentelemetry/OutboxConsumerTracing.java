package dev.aftercommit.consumer.opentelemetry;

import dev.aftercommit.consumer.spi.HandlerCall;
import dev.aftercommit.consumer.spi.HandlerInterceptor;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A span {@code process <source>} around each call of a handler, current while it runs. Needs
 * {@code io.opentelemetry:opentelemetry-api}.
 *
 * <pre>{@code
 * OutboxConsumer.builder().interceptors(new OutboxConsumerTracing(openTelemetry))
 * }</pre>
 *
 * <p>It is linked to the span that the producer has put into the event's {@code traceparent}, and is its child unless another
 * span is current or the call is for several events. The handler's transaction is committed after the span has ended, so what
 * was rolled back under backlog and done again has two. Baggage is not taken over. Thread-safe.
 */
public final class OutboxConsumerTracing implements HandlerInterceptor {
    private static final W3CTraceContextPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();
    private static final TextMapGetter<Map<String, String>> HEADERS = new Headers();

    private final Tracer tracer;

    /**
     * @param openTelemetry the service's own instance; what is registered globally may be another one that does nothing
     */
    public OutboxConsumerTracing(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer("dev.aftercommit.consumer");
    }

    @Override
    @SuppressWarnings("MustBeClosed") // after the call
    public After before(HandlerCall call) {
        Span span = span(call);
        Scope scope = span.makeCurrent();
        return failure -> {
            scope.close();
            if (failure != null) {
                span.setStatus(StatusCode.ERROR);
                span.setAttribute(Attributes.ERROR_TYPE, errorType(failure));
            }
            span.end();
        };
    }

    private Span span(HandlerCall call) {
        EventEnvelope first = call.events().getFirst();
        SpanBuilder span = tracer.spanBuilder("process " + first.source()).setSpanKind(SpanKind.CONSUMER);
        Attributes.of(call).forEach(span::setAttribute);
        Context current = Context.current();
        boolean mayBeChild = call.events().size() == 1
                && !Span.fromContext(current).getSpanContext().isValid();
        for (EventEnvelope event : call.events()) {
            Context created = PROPAGATOR.extract(current, event.headers(), HEADERS);
            Span creation = Span.fromContext(created);
            if (creation.getSpanContext().isRemote()) {
                span.addLink(creation.getSpanContext());
                if (mayBeChild) {
                    span.setParent(created);
                }
            }
        }
        return span.startSpan();
    }

    /** Without its message, which may quote data. */
    private static String errorType(Throwable failure) {
        return failure instanceof AftercommitException ours
                ? ours.code().label()
                : failure.getClass().getName();
    }

    private static final class Headers implements TextMapGetter<Map<String, String>> {
        @Override
        @SuppressWarnings("deprecation") // versions that many have know no default for it
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String key) {
            return Objects.requireNonNull(headers).get(key);
        }
    }
}
