package dev.aftercommit.consumer.internal.settings;

import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.handler.EventHandlers;
import dev.aftercommit.consumer.internal.observe.Listeners;
import dev.aftercommit.consumer.spi.HandlerTransactions;
import io.nats.client.Options;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer was built with.
 *
 * @param transactions carries those that handlers are called in; null when the data source does
 * @param natsService whether NATS' tools are shown the consumer
 * @param idleTransaction how long a handler may leave its transaction idle
 */
public record ConsumerConfig(
        ConsumerIdentity identity,
        DataSource dataSource,
        @Nullable HandlerTransactions transactions,
        boolean migrate,
        Options nats,
        boolean natsService,
        ReadingConfig reading,
        EventHandlers handlers,
        RetryPolicy retry,
        Duration idleTransaction,
        Listeners listeners) {

    /** The most events that share one transaction under backlog. */
    public static final int MAX_BATCH = 100;
}
