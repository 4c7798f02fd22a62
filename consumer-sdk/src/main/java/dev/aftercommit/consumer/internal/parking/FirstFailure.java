package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.attempt.FailedEvent;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An event whose first attempt has failed, and what becomes of it. */
public record FirstFailure(FailedEvent failed, RetryPolicy policy, Decision decision) {
    private static final Logger LOG = LoggerFactory.getLogger(FirstFailure.class);

    /** Decides it. */
    public static FirstFailure of(FailedEvent failed, ConsumerConfig config, RandomGenerator random) {
        HandlerMethod handler = failed.handler();
        RetryPolicy policy = handler == null ? config.retry() : handler.retry();
        return new FirstFailure(failed, policy, FailurePolicy.decide(policy, 1, failed.failure(), random));
    }

    /** To be called when it is parked. */
    public void tell(ConsumerConfig config) {
        switch (decision) {
            case Decision.RetryAfter(Duration pause) ->
                LOG.warn(
                        "Consumer {}: {}. It is parked, and {}; attempt 2 of {} follows in {} ms",
                        config.identity(),
                        failed.what(),
                        config.reading().mode().ofOthers(),
                        policy.attempts(),
                        pause.toMillis());
            case Decision.Dead dead ->
                LOG.error(
                        "Consumer {}: {}. It is dead after its first attempt, in inbox.parked_event, and {}",
                        config.identity(),
                        failed.what(),
                        config.reading().mode().ofOthers());
        }
        LOG.debug("Consumer {}: the first attempt failed", config.identity(), failed.failure());
        config.listeners().tell(listener -> listener.failed(failed.attempt(1, decision)));
    }
}
