package dev.aftercommit.benchmarks;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Nats;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The relay that a team writes in an afternoon, to compare with: Debezium's embedded engine as it comes, and jnats'
 * publishAsync for a batch, whose acknowledgements are awaited before the batch is marked as processed. It promises
 * less: duplicates after a crash beyond the deduplication window, no fencing, no order after a retry.
 */
public final class EngineWithPublishAsync implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {
    private final JetStream jetStream;

    private EngineWithPublishAsync(JetStream jetStream) {
        this.jetStream = jetStream;
    }

    /** Runs until it is killed. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Connection nats = Nats.connect(environment("NATS_URL"));
                DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(
                                ChangeEventFormat.of(Connect.class))
                        .using(properties())
                        .notifying(new EngineWithPublishAsync(nats.jetStream()))
                        .build()) {
            engine.run();
        }
    }

    @Override
    public void handleBatch(
            List<RecordChangeEvent<SourceRecord>> records,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        List<CompletableFuture<PublishAck>> acknowledgements = new ArrayList<>(records.size());
        for (RecordChangeEvent<SourceRecord> event : records) {
            if (event.record().value() instanceof Struct change
                    && change.schema().field("after") != null) {
                acknowledgements.add(jetStream.publishAsync(message(change.getStruct("after"))));
            }
        }
        CompletableFuture.allOf(acknowledgements.toArray(CompletableFuture<?>[]::new))
                .join();
        for (RecordChangeEvent<SourceRecord> event : records) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private static NatsMessage message(Struct row) {
        Headers headers = new Headers()
                .add("Nats-Msg-Id", row.getString("id"))
                .add("ce-specversion", "1.0")
                .add("ce-id", row.getString("id"))
                .add("ce-source", "/accounts")
                .add("ce-type", row.getString("event_type"))
                .add("ce-subject", row.getString("aggregate_id"));
        return NatsMessage.builder()
                .subject("engine." + row.getString("aggregate_type") + "." + row.getString("event_type"))
                .headers(headers)
                .data(row.getString("payload").getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static Properties properties() {
        Properties p = new Properties();
        p.setProperty("name", "engine");
        p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        p.setProperty("topic.prefix", "engine");
        p.setProperty("database.hostname", "localhost");
        p.setProperty("database.port", environment("DATABASE_PORT"));
        p.setProperty("database.dbname", environment("DATABASE_NAME"));
        p.setProperty("database.user", environment("DATABASE_USER"));
        p.setProperty("database.password", environment("DATABASE_PASSWORD"));
        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("slot.name", environment("SLOT"));
        p.setProperty("publication.name", "outbox");
        p.setProperty("publication.autocreate.mode", "disabled");
        p.setProperty("table.include.list", "outbox\\.event");
        p.setProperty("snapshot.mode", "no_data");
        p.setProperty("tombstones.on.delete", "false");
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        return p;
    }

    private static String environment(String name) {
        @Nullable String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
