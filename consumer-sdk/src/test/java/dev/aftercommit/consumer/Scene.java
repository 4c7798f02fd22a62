package dev.aftercommit.consumer;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.testkit.OutboxFixture;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What a test has for itself: a source, and a database with the table of {@link Effects}. Tests that kill servers start their
 * own.
 */
record Scene(String jdbcUrl, String natsUrl, String source, Effects effects) implements AutoCloseable {
    static {
        // On a busy machine to count what is parked takes long, and a consumer counts the less often then.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    static Scene of(OutboxFixture fixture) {
        return of(fixture, fixture.natsUrl());
    }

    /** With NATS elsewhere. */
    static Scene of(OutboxFixture fixture, String natsUrl) {
        return new Scene(fixture.jdbcUrl(), natsUrl, fixture.source(), new Effects(fixture.jdbcUrl()));
    }

    /** The database's name. */
    String database() {
        return jdbcUrl.substring(jdbcUrl.lastIndexOf('/') + 1);
    }

    /** The server, for an administrator: another database of it. */
    DataSource server() {
        PGSimpleDataSource server = new PGSimpleDataSource();
        server.setUrl(jdbcUrl.replace('/' + database(), "/postgres"));
        server.setUser("postgres");
        server.setPassword("postgres");
        return server;
    }

    AccountRelay relay() {
        return AccountRelay.start(natsUrl, source);
    }

    OutboxConsumerBuilder consumer(Object... handlers) {
        return OutboxConsumer.builder()
                .name("directory")
                .source(source)
                .dataSource(effects.dataSource())
                .nats(natsUrl)
                .backoff(new Backoff(Duration.ofMillis(20), Duration.ofMillis(200)))
                .handlers(handlers);
    }

    OutboxConsumer started(Object... handlers) {
        return started(consumer(handlers));
    }

    static OutboxConsumer started(OutboxConsumerBuilder builder) {
        OutboxConsumer consumer = builder.build();
        consumer.start();
        return consumer;
    }

    /** An instance in a process of its own, to be killed or frozen. */
    JavaProcess service() {
        return service(Map.of());
    }

    /** The same of a parallel consumer. */
    JavaProcess parallelService() {
        return service(Map.of("PARALLEL", "8"));
    }

    private JavaProcess service(Map<String, String> more) {
        Map<String, String> environment =
                new HashMap<>(Map.of("JDBC_URL", jdbcUrl, "NATS_URL", natsUrl, "SOURCE", source));
        environment.putAll(more);
        return JavaProcess.builder()
                .mainClass(ConsumerMain.class.getName())
                .jvmArgs("-XX:TieredStopAtLevel=1", "-Xmx256m")
                .environment(environment)
                .start();
    }

    @Override
    public void close() {
        effects.close();
    }
}
