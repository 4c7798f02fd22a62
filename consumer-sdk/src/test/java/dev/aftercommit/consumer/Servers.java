package dev.aftercommit.consumer;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Servers that the classes with this extension share, and what a test needs of its own on them. Tests that kill servers
 * start their own.
 */
final class Servers implements BeforeAllCallback {
    private static final AtomicInteger TESTS = new AtomicInteger();

    /** Started by the first who asks, closed by JUnit after the last test of all. */
    private static final class Shared implements AutoCloseable {
        static final Shared SERVERS = new Shared();

        final PostgresServer postgres = PostgresServer.start();
        final NatsServer nats = NatsServer.start();

        @Override
        public void close() {
            postgres.close();
            nats.close();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(Shared.class, key -> Shared.SERVERS);
    }

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

        /** An instance in a process of its own, to be killed or frozen. */
        JavaProcess service() {
            return JavaProcess.builder()
                    .mainClass(ConsumerMain.class.getName())
                    .jvmArgs("-XX:TieredStopAtLevel=1", "-Xmx256m")
                    .environment(
                            Map.of("JDBC_URL", postgres.jdbcUrl(database), "NATS_URL", nats.url(), "SOURCE", source))
                    .start();
        }

        @Override
        public void close() {
            effects.close();
        }
    }

    static PostgresServer postgres() {
        return Shared.SERVERS.postgres;
    }

    static Scene scene() {
        return scene(Shared.SERVERS.postgres, Shared.SERVERS.nats);
    }

    static Scene scene(PostgresServer postgres, NatsServer nats) {
        int number = TESTS.incrementAndGet();
        String database = "inbox_" + number;
        return new Scene(postgres, nats, "accounts-" + number, database, Effects.create(postgres, database));
    }

    static OutboxConsumer started(OutboxConsumer.Builder builder) {
        OutboxConsumer consumer = builder.build();
        consumer.start();
        return consumer;
    }

    static List<String> accounts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "account-" + i).toList();
    }
}
