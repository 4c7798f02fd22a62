package dev.aftercommit.relay.broker;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.api.ServerInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerRequirementsTest {
    @ParameterizedTest
    @ValueSource(strings = {"2.9.10", "2.10.0", "2.10.26", "1.4.1"})
    void anOlderServerIsRefused(String version) {
        assertThatThrownBy(() -> ServerRequirements.require(server(version), "nats://n:4222"))
                .hasMessage("NATS at nats://n:4222 is version " + version
                        + "; the relay needs 2.10.27 or newer. Upgrade nats-server.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.10.27", "2.10.28", "2.11.0-RC.2", "2.12.1", "2.15.1", "3.0.0"})
    void theOldestTestedServerAndNewerOnesAreTaken(String version) {
        assertThatNoException().isThrownBy(() -> ServerRequirements.require(server(version), "nats://n:4222"));
    }

    private static ServerInfo server(String version) {
        return new ServerInfo("INFO {\"server_id\":\"X\",\"version\":\"" + version
                + "\",\"go\":\"go1.24\",\"host\":\"0.0.0.0\",\"port\":4222,\"headers\":true,\"max_payload\":1048576,"
                + "\"jetstream\":true,\"proto\":1}");
    }
}
