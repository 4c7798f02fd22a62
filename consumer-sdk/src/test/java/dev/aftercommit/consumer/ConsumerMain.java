package dev.aftercommit.consumer;

import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.CountDownLatch;

/** A service with nothing but a consumer, for tests that kill it. Its handler fails now and then. */
final class ConsumerMain {
    private ConsumerMain() {}

    public static void main(String[] args) throws InterruptedException {
        try (HikariDataSource pool = Effects.pool(System.getenv("JDBC_URL"), 20);
                OutboxConsumer consumer = settings(pool).build()) {
            consumer.start();
            new CountDownLatch(1).await();
        }
    }

    private static OutboxConsumerBuilder settings(HikariDataSource pool) {
        OutboxConsumerBuilder settings = FailingAtRandom.patient(OutboxConsumer.builder()
                .name("directory")
                .source(System.getenv("SOURCE"))
                .dataSource(pool)
                .nats(System.getenv("NATS_URL"))
                .handlers(new FailingAtRandom(100)));
        String parallel = System.getenv("PARALLEL");
        return parallel == null ? settings : settings.parallel(Integer.parseInt(parallel));
    }
}
