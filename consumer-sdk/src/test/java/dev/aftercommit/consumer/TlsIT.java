package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate is good for the host that it names, whoever trusts it. */
@OutboxTest(schema = Effects.Table.class)
final class TlsIT {
    private final Scene scene;

    TlsIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aServerWithACertificateForItsNameIsTrusted() throws Exception {
        ServerKey key = ServerKey.of(folder, "dns:localhost");
        try (NatsServer server = NatsServer.builder().config(key.config()).start();
                OutboxConsumer consumer = consumer("tls://localhost:" + server.port(), key.trusting())) {
            consumer.start();
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    @Test
    void aServerWithACertificateForItsAddressIsTrusted() throws Exception {
        ServerKey key = ServerKey.of(folder, "ip:127.0.0.1");
        try (NatsServer server = NatsServer.builder().config(key.config()).start();
                OutboxConsumer consumer = consumer("nats://127.0.0.1:" + server.port(), key.trusting())) {
            consumer.start();
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    @Test
    void aServerWithATrustedCertificateForAnotherNameIsRefused() throws Exception {
        ServerKey key = ServerKey.of(folder, "dns:elsewhere.example");
        try (NatsServer server = NatsServer.builder().config(key.config()).start()) {
            for (String host : new String[] {"localhost", "127.0.0.1"}) {
                OutboxConsumer consumer = consumer("tls://" + host + ":" + server.port(), key.trusting());
                AftercommitException refusal = catchThrowableOfType(AftercommitException.class, consumer::start);
                assertThat(refusal.code()).isEqualTo(ErrorCode.BROKER_UNSUITABLE);
                assertThat(refusal)
                        .hasMessageContainingAll(
                                "NATS at tls://" + host,
                                "is not trusted",
                                host + " found",
                                "a name that the server's certificate is for");
            }
        }
    }

    @Test
    void aServerThatNobodyTrustsIsSaidToBeThat() throws Exception {
        ServerKey key = ServerKey.of(folder, "dns:localhost");
        try (NatsServer server = NatsServer.builder().config(key.config()).start()) {
            OutboxConsumer consumer = consumer("tls://localhost:" + server.port(), SSLContext.getDefault());
            AftercommitException refusal = catchThrowableOfType(AftercommitException.class, consumer::start);
            assertThat(refusal.code()).isEqualTo(ErrorCode.BROKER_UNSUITABLE);
            assertThat(refusal).hasMessageContaining("is not trusted");
        }
    }

    @Test
    void whoAsksForTlsWithoutChecksGetsIt() throws Exception {
        ServerKey key = ServerKey.of(folder, "dns:elsewhere.example");
        try (NatsServer server = NatsServer.builder().config(key.config()).start();
                OutboxConsumer consumer = scene.consumer(new RecordingHandlers())
                        .nats("opentls://localhost:" + server.port())
                        .build()) {
            consumer.start();
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    private OutboxConsumer consumer(String url, SSLContext tls) {
        return scene.consumer(new RecordingHandlers())
                .nats(url)
                .natsOptions(options -> options.sslContext(tls))
                .build();
    }
}
