package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsServerIT {
    @Test
    void acknowledgedMessagesSurviveKills() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            createStream(server);
            for (int round = 1; round <= 3; round++) {
                publish(server, 100);

                server.kill();
                assertThatThrownBy(() -> Nats.connect(server.url())).isInstanceOf(IOException.class);
                server.startAgain();

                assertThat(messages(server)).isEqualTo(100L * round);
            }
        }
    }

    @Test
    void messagesSurviveARestart() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            createStream(server);
            publish(server, 1);
            String url = server.url();

            server.restart();

            assertThat(server.url()).isEqualTo(url);
            assertThat(messages(server)).isEqualTo(1);
        }
    }

    @Test
    void aNamedStoreOutlivesTheServer(@TempDir Path store) throws Exception {
        try (NatsServer server = NatsServer.builder().storeDirectory(store).start()) {
            createStream(server);
            publish(server, 7);
        }
        try (NatsServer server = NatsServer.builder().storeDirectory(store).start()) {
            assertThat(messages(server)).isEqualTo(7);
        }
    }

    @Test
    void aCopyOfTheStoreBringsBackWhatWasThere(@TempDir Path folder) throws Exception {
        try (NatsServer server = NatsServer.start()) {
            createStream(server);
            publish(server, 3);
            server.stop();
            server.copyStore(folder.resolve("copy"));
            server.startAgain();
            publish(server, 4);

            server.stop();
            server.restoreStore(folder.resolve("copy"));
            server.startAgain();

            assertThat(messages(server)).isEqualTo(3);
        }
    }

    @Test
    void itTellsItsVersion() throws Exception {
        try (NatsServer server = NatsServer.start();
                Connection connection = Nats.connect(server.url())) {
            assertThat(connection.getServerInfo().getVersion()).isEqualTo(server.version());
        }
    }

    @Test
    void extraLinesReachTheConfiguration() throws Exception {
        try (NatsServer server = NatsServer.builder()
                        .jetStream(false)
                        .config("server_name: extra\nmax_payload: 4096")
                        .start();
                Connection connection = Nats.connect(server.url())) {
            assertThat(connection.getServerInfo().getServerName()).isEqualTo("extra");
            assertThat(connection.getMaxPayload()).isEqualTo(4096);
            assertThat(connection.getServerInfo().isJetStreamAvailable()).isFalse();
        }
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        assertThatThrownBy(() -> NatsServer.builder()
                        .config("listen: \"nowhere:at-all\"")
                        .start())
                .hasMessageContaining("at-all");
    }

    private static void createStream(NatsServer server) throws Exception {
        try (Connection connection = Nats.connect(server.url())) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("numbers")
                            .subjects("numbers")
                            .storageType(StorageType.File)
                            .build());
        }
    }

    private static void publish(NatsServer server, int count)
            throws IOException, InterruptedException, JetStreamApiException {
        try (Connection connection = Nats.connect(server.url())) {
            for (int i = 0; i < count; i++) {
                connection.jetStream().publish("numbers", Integer.toString(i).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static long messages(NatsServer server) throws Exception {
        try (Connection connection = Nats.connect(server.url())) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo("numbers")
                    .getStreamState()
                    .getMsgCount();
        }
    }
}
