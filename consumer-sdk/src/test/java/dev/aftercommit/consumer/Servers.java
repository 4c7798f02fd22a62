package dev.aftercommit.consumer;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Servers that tests share, and what a test needs of its own on them. Tests that kill servers start their own. */
final class Servers {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final PostgresServer POSTGRES = PostgresServer.start();
    private static final NatsServer NATS = NatsServer.start();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            POSTGRES.close();
            NATS.close();
        }));
    }

    private Servers() {}

    /** A source, a database and a consumer's name of its own. */
    record Scene(PostgresServer postgres, NatsServer nats, String source, String database, Effects effects)
            implements AutoCloseable {

        TestRelay relay() {
            return TestRelay.start(nats.url(), source);
        }

        OutboxConsumer.Builder consumer(Object... handlers) {
            return OutboxConsumer.builder()
                    .name("directory")
                    .source(source)
                    .dataSource(effects.dataSource())
                    .nats(nats.url())
                    .backoff(new Backoff(Duration.ofMillis(20), Duration.ofMillis(200)))
                    .handlers(handlers);
        }

        OutboxConsumer started(Object... handlers) {
            OutboxConsumer consumer = consumer(handlers).build();
            consumer.start();
            return consumer;
        }

        @Override
        public void close() {
            effects.close();
        }
    }

    static Scene scene() {
        return scene(POSTGRES, NATS);
    }

    static Scene scene(PostgresServer postgres, NatsServer nats) {
        int number = TESTS.incrementAndGet();
        String database = "inbox_" + number;
        return new Scene(postgres, nats, "accounts-" + number, database, Effects.create(postgres, database));
    }

    static List<String> accounts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "account-" + i).toList();
    }
}
