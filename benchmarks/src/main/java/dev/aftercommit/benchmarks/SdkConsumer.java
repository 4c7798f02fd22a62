package dev.aftercommit.benchmarks;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.consumer.Handles;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** An instance of a service that handles events with our consumer, one at a time or in lists. */
public final class SdkConsumer {
    private static final int CONNECTIONS = 20;

    private SdkConsumer() {}

    /** Runs until it is killed. */
    public static void main(String[] args) throws InterruptedException {
        OutboxConsumer consumer = OutboxConsumer.builder()
                .name("bench")
                .source(Servers.SOURCE)
                .dataSource(ConsumingProcess.pool(CONNECTIONS))
                .nats(ConsumingProcess.environment("NATS_URL"))
                .handlers(ConsumingProcess.environment("LISTS").equals("true") ? new Lists() : new OneByOne())
                .build();
        consumer.start();
        Thread.currentThread().join();
    }

    /** One INSERT each. */
    static final class OneByOne {
        @Handles(LoadEvent.class)
        void on(LoadEvent event, EventEnvelope envelope, Connection tx) throws SQLException {
            try (PreparedStatement insert = tx.prepareStatement(ConsumingProcess.INSERT)) {
                insert.setObject(1, envelope.eventId());
                insert.setString(2, event.account());
                insert.setInt(3, event.number());
                insert.executeUpdate();
            }
        }
    }

    /** One round trip for all that are there. */
    static final class Lists {
        @Handles(LoadEvent.class)
        void on(List<EnvelopedEvent<LoadEvent>> events, Connection tx) throws SQLException {
            try (PreparedStatement insert = tx.prepareStatement(ConsumingProcess.INSERT)) {
                for (EnvelopedEvent<LoadEvent> event : events) {
                    insert.setObject(1, event.envelope().eventId());
                    insert.setString(2, event.event().account());
                    insert.setInt(3, event.event().number());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        }
    }
}
