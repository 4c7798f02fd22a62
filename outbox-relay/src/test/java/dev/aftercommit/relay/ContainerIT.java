package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.Ports;
import dev.aftercommit.producer.Outbox;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers.AccountTouched;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PushSubscribeOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The official images, as most people have them: other builds than those of the other tests, with passwords
 * (SCRAM-SHA-256) where those trust everybody. Needs a Docker engine, so only {@code make containers} runs it.
 */
@Tag("containers")
class ContainerIT {
    private final PostgreSQLContainer postgres = new PostgreSQLContainer("postgres:17")
            .withEnv("LANG", "C.UTF-8")
            .withCommand("postgres", "-c", "wal_level=logical");
    private final GenericContainer<?> nats = new GenericContainer<>("nats:2.15-alpine")
            .withCommand("--jetstream", "--user", "relay", "--pass", "secret")
            .withExposedPorts(4222)
            .waitingFor(Wait.forListeningPort());

    @BeforeEach
    void start() {
        postgres.start();
        nats.start();
    }

    @AfterEach
    void stop() {
        nats.stop();
        postgres.stop();
    }

    @Test
    void theRelayPublishesFromTheOfficialImages() throws Exception {
        int httpPort = Ports.free();
        Map<String, String> settings = settings(httpPort);
        RelayJar.Result migrated = Words.requireClear(RelayJar.run("migrate", settings));
        assertThat(migrated.exitCode()).as(migrated.output()).isZero();
        emit("before the first start");
        Path log = RelayJar.newLog();
        try (JavaProcess relay = RelayJar.launch("run", settings, log)) {
            emit("after it");
            try (io.nats.client.Connection connection = Nats.connect(natsUrl())) {
                await().atMost(RelayWorld.PATIENCE)
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(connection
                                        .jetStreamManagement()
                                        .getStreamInfo(RelayWorld.STREAM)
                                        .getStreamState()
                                        .getMsgCount())
                                .as(() -> RelayJar.read(log))
                                .isEqualTo(2));
                JetStreamSubscription subscription = connection
                        .jetStream()
                        .subscribe(
                                ">",
                                PushSubscribeOptions.builder().stream(RelayWorld.STREAM)
                                        .ordered(true)
                                        .build());
                assertThat(next(subscription)).contains("before the first start");
                assertThat(next(subscription)).contains("after it");
            }
            RelayJar.Result doctor = Words.requireClear(RelayJar.run("doctor", settings));
            assertThat(doctor.exitCode()).as(doctor.output()).isZero();
            assertThat(relay.terminate(Duration.ofSeconds(20)))
                    .as(RelayJar.read(log))
                    .isZero();
        }
        Words.requireClear(RelayJar.read(log));
    }

    private static String next(JetStreamSubscription subscription) throws InterruptedException {
        Message message = subscription.nextMessage(RelayWorld.PATIENCE);
        assertThat(message).isNotNull();
        return new String(message.getData(), StandardCharsets.UTF_8);
    }

    private void emit(String text) throws SQLException {
        try (Connection tx =
                DriverManager.getConnection(postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword())) {
            tx.setAutoCommit(false);
            Outbox.emit(tx, new AccountTouched("account-1", 0, 0, text));
            tx.commit();
        }
    }

    private Map<String, String> settings(int httpPort) {
        return Map.of(
                "OUTBOX_SOURCE",
                RelayWorld.SOURCE,
                "OUTBOX_DATABASE_URL",
                postgres.getJdbcUrl(),
                "OUTBOX_DATABASE_USER",
                postgres.getUsername(),
                "OUTBOX_DATABASE_PASSWORD",
                postgres.getPassword(),
                "OUTBOX_NATS_URL",
                "nats://" + nats.getHost() + ":" + nats.getMappedPort(4222),
                "OUTBOX_NATS_USER",
                "relay",
                "OUTBOX_NATS_PASSWORD",
                "secret",
                "OUTBOX_HTTP_PORT",
                Integer.toString(httpPort));
    }

    private String natsUrl() {
        return "nats://relay:secret@" + nats.getHost() + ":" + nats.getMappedPort(4222);
    }
}
