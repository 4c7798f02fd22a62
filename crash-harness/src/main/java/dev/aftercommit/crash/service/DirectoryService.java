package dev.aftercommit.crash.service;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.consumer.Backoff;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.crash.load.Poison;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * One instance of the service. Takes its settings from the environment; ends in order on SIGTERM, and by itself when a server
 * cannot be reached at the start.
 */
public final class DirectoryService {
    private static final int CONNECTIONS = 20;

    private DirectoryService() {}

    public static void main(String[] args) throws InterruptedException {
        Map<String, String> settings = System.getenv();
        HikariDataSource pool = pool(settings);
        OutboxConsumer consumer = consumer(settings, pool);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.close();
            pool.close();
        }));
        consumer.start();
        new CountDownLatch(1).await();
    }

    private static OutboxConsumer consumer(Map<String, String> settings, HikariDataSource pool) {
        long seed = Long.parseLong(required("SEED", settings));
        String instance = required("INSTANCE", settings);
        Misconducts misconducts = new Misconducts(new Poison(seed), new Random(seed + instance.hashCode()));
        return OutboxConsumer.builder()
                .name("directory")
                .source("accounts")
                .dataSource(pool)
                .nats(required("NATS_URL", settings))
                .natsOptions(options -> options.ignoreDiscoveredServers()) // they do not lead through the links
                .handlers(new Directory(instance, misconducts))
                .attempts(12)
                .backoff(new Backoff(Duration.ofMillis(5), Duration.ofMillis(200)))
                .idleTransactionTimeout(Duration.ofSeconds(5))
                .build();
    }

    private static HikariDataSource pool(Map<String, String> settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(required("DATABASE_URL", settings));
        config.setUsername(required("DATABASE_USER", settings));
        config.setPassword(required("DATABASE_PASSWORD", settings));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        config.setValidationTimeout(1_000);
        return new HikariDataSource(config);
    }

    private static String required(String name, Map<String, String> settings) {
        return Objects.requireNonNull(settings.get(name), name);
    }
}
