package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code start()} says when something is not as a consumer needs it. */
@OutboxTest(schema = Effects.Table.class)
final class StartIT {
    private final Scene scene;

    StartIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aBrokerThatCannotBeReachedIsNamedWithoutItsPassword() throws IOException {
        int nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        AftercommitException refusal = refusal("nats://someone:secret@localhost:" + nobody);

        assertThat(refusal.code()).isEqualTo(ErrorCode.BROKER_UNAVAILABLE);
        assertThat(refusal)
                .hasMessageContaining("cannot be reached at nats://localhost:" + nobody)
                .hasMessageNotContaining("secret");
    }

    @Test
    void aBrokerWithoutJetStreamIsRefused() {
        try (NatsServer plain = NatsServer.builder().jetStream(false).start()) {
            AftercommitException refusal = refusal(plain.url());

            assertThat(refusal.code()).isEqualTo(ErrorCode.BROKER_UNSUITABLE);
            assertThat(refusal).hasMessageContaining("has no JetStream. Start it with -js");
        }
    }

    @Test
    void aBrokerThatRefusesTheLoginIsSaidToDoSo() {
        try (NatsServer strict = NatsServer.builder()
                .config("authorization { user: someone, password: secret }")
                .start()) {
            AftercommitException refusal = refusal(strict.url());

            assertThat(refusal.code()).isEqualTo(ErrorCode.BROKER_UNSUITABLE);
            assertThat(refusal).hasMessageContainingAll("refuses the login", "natsOptions");

            OutboxConsumer consumer = scene.consumer(new RecordingHandlers())
                    .nats(strict.url())
                    .natsOptions(options -> options.userInfo("someone".toCharArray(), "secret".toCharArray()))
                    .build();
            consumer.start();
            assertThat(consumer.status().connected()).isTrue();
            consumer.close();
        }
    }

    /** Only the greeting of such a server, since none is at hand. */
    @Test
    void aBrokerThatIsTooOldIsRefused() throws Exception {
        try (ServerSocket old = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread greeter = Thread.ofVirtual().start(() -> greet(old));
            AftercommitException refusal = refusal("nats://127.0.0.1:" + old.getLocalPort());

            assertThat(refusal.code()).isEqualTo(ErrorCode.BROKER_UNSUITABLE);
            assertThat(refusal).hasMessageContaining("is version 2.9.10. Use 2.10.27 or a newer one");
            greeter.join();
        }
    }

    private static void greet(ServerSocket server) {
        try (Socket client = server.accept()) {
            OutputStream out = client.getOutputStream();
            out.write("INFO {\"server_id\":\"x\",\"version\":\"2.9.10\",\"max_payload\":1048576,\"headers\":true}\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("PING")) {
                    out.write("PONG\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException end) {
            assertThat(end).isNotNull();
        }
    }

    @Test
    void aDatabaseThatCannotBeReachedIsSaidToBe() {
        try (var nowhere = Effects.pool("jdbc:postgresql://localhost:1/none", 2, -1)) {
            OutboxConsumer consumer =
                    scene.consumer(new RecordingHandlers()).dataSource(nowhere).build();
            AftercommitException refusal = catchThrowableOfType(AftercommitException.class, consumer::start);

            assertThat(refusal.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
            assertThat(refusal).hasMessageContaining("database cannot be reached");
            assertThat(consumer.status().state()).isEqualTo(ConsumerStatus.State.NEW);
        }
    }

    @Test
    void aDatabaseWithoutTheInboxIsRefusedUnlessItMayBeMigrated() {
        scene.effects().execute("DROP SCHEMA inbox CASCADE");
        OutboxConsumer consumer =
                scene.consumer(new RecordingHandlers()).migrate(false).build();
        AftercommitException refusal = catchThrowableOfType(AftercommitException.class, consumer::start);

        assertThat(refusal.code()).isEqualTo(ErrorCode.DATABASE_UNSUITABLE);
        assertThat(refusal).hasMessageContainingAll("inbox.checkpoint", "migrate");

        scene.started(new RecordingHandlers()).close();
        consumer.start();
        assertThat(consumer.status().state()).isEqualTo(ConsumerStatus.State.RUNNING);
        consumer.close();
    }

    @Test
    void aConsumerThatFollowsAClosedOneFindsNothingLeftOfIt() throws Exception {
        try (AccountRelay relay = scene.relay()) {
            long threads = 0;
            for (int round = 1; round <= 5; round++) {
                try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                    relay.publish("a");
                    scene.effects().awaitCount(round);
                    assertThat(consumer.status().ownedPartitions()).isEqualTo(AccountRelay.PARTITIONS);
                }
                assertThat(scene.effects().dataSource().getHikariPoolMXBean().getActiveConnections())
                        .isZero();
                assertThat(scene.effects()
                                .query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                                        + " (SELECT oid FROM pg_database WHERE datname = current_database())"))
                        .containsExactly("0");
                await().untilAsserted(() -> assertThat(relay.stream()
                                .management()
                                .getConsumerNames(relay.stream().name()))
                        .isEmpty());
                long now = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().contains("nats"))
                        .count();
                threads = round == 1 ? now : threads;
                assertThat(now).isLessThanOrEqualTo(threads);
            }
        }
        scene.effects().assertEachOnceInOrder(5);
    }

    @Test
    void aStreamOfAnotherSourceIsNotRead() {
        try (AccountRelay relay = scene.relay()) {
            relay.stream().claimFor("somebody-else");
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                assertThat(consumer.status().waiting()).isNotNull().satisfies(waiting -> {
                    assertThat(waiting.reason()).isEqualTo(Waiting.Reason.STREAM_MISMATCH);
                    assertThat(waiting.message()).contains("belongs to the source \"somebody-else\"");
                });
            }
        }
    }

    private AftercommitException refusal(String url) {
        OutboxConsumer consumer =
                scene.consumer(new RecordingHandlers()).nats(url).build();
        AftercommitException refusal = catchThrowableOfType(AftercommitException.class, consumer::start);
        assertThat(consumer.status().state()).isEqualTo(ConsumerStatus.State.NEW);
        return refusal;
    }
}
