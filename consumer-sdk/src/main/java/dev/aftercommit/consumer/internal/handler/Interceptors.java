package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.consumer.spi.HandlerCall;
import dev.aftercommit.consumer.spi.HandlerInterceptor;
import dev.aftercommit.contract.EventEnvelope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Those who take part in the calls of a consumer's handlers. Immutable.
 *
 * @param consumer the consumer's name
 */
public record Interceptors(String consumer, List<HandlerInterceptor> all) {
    private static final Running NONE = new Running(new ArrayDeque<>());

    public Interceptors {
        all = List.copyOf(all);
    }

    /** What began before a call, and ends after it. Used by one thread; the one that has nothing to end by all. */
    record Running(Deque<HandlerInterceptor.After> begun) {
        /** Throws what an interceptor throws. */
        void returned() throws Exception {
            try {
                while (!begun.isEmpty()) {
                    begun.pop().ended(null);
                }
            } catch (Throwable failure) {
                failed(failure);
                throw failure;
            }
        }

        void failed(Throwable failure) {
            while (!begun.isEmpty()) {
                try {
                    begun.pop().ended(failure);
                } catch (Throwable another) {
                    failure.addSuppressed(another);
                }
            }
        }
    }

    /** To be called before a handler; costs nothing when there are no interceptors. */
    Running before(List<EnvelopedEvent<Object>> events, HandlerMethod handler, HandlerTransaction transaction)
            throws Exception {
        if (all.isEmpty()) {
            return NONE;
        }
        List<EventEnvelope> envelopes =
                events.stream().map(EnvelopedEvent::envelope).toList();
        HandlerCall call = new HandlerCall(consumer, envelopes, handler.name(), transaction.connection());
        Running running = new Running(new ArrayDeque<>(all.size()));
        try {
            for (HandlerInterceptor interceptor : all) {
                running.begun()
                        .push(Objects.requireNonNull(
                                interceptor.before(call),
                                () -> interceptor.getClass().getName() + ".before returned null, not After.NOTHING"));
            }
        } catch (Throwable failure) {
            running.failed(failure);
            throw failure;
        }
        return running;
    }
}
