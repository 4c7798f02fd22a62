package dev.aftercommit.consumer.internal.settings;

import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.handler.EventHandlers;
import dev.aftercommit.consumer.internal.observe.Listeners;
import io.nats.client.Options;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * What a consumer was built with.
 *
 * @param natsService whether NATS' tools are shown the consumer
 * @param idleTransaction how long a handler may leave its transaction idle
 */
public record ConsumerConfig(
        ConsumerIdentity identity,
        DataSource dataSource,
        boolean migrate,
        Options nats,
        boolean natsService,
        EventHandlers handlers,
        RetryPolicy retry,
        Duration idleTransaction,
        Listeners listeners) {

    /** The most events that share one transaction under backlog. */
    public static final int MAX_BATCH = 100;
}
