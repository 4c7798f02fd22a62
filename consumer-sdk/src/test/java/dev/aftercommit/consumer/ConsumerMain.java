package dev.aftercommit.consumer;

import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.CountDownLatch;

/** A service with nothing but a consumer, for tests that kill it. */
final class ConsumerMain {
    private ConsumerMain() {}

    public static void main(String[] args) throws InterruptedException {
        try (HikariDataSource pool = Effects.pool(System.getenv("JDBC_URL"), 20);
                OutboxConsumer consumer = OutboxConsumer.builder()
                        .name("directory")
                        .source(System.getenv("SOURCE"))
                        .dataSource(pool)
                        .nats(System.getenv("NATS_URL"))
                        .handlers(new RecordingHandlers())
                        .build()) {
            consumer.start();
            new CountDownLatch(1).await();
        }
    }
}
