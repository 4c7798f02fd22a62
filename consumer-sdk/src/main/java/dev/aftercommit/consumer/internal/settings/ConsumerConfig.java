package dev.aftercommit.consumer.internal.settings;

import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.internal.handler.EventHandlers;
import io.nats.client.Options;
import javax.sql.DataSource;

/** What a consumer was built with. */
public record ConsumerConfig(
        ConsumerIdentity identity,
        DataSource dataSource,
        boolean migrate,
        Options nats,
        EventHandlers handlers,
        RetryPolicy retry) {

    /** The most events that share one transaction under backlog. */
    public static final int MAX_BATCH = 100;
}
