package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.StreamMetadata;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.Ports;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.config.NatsConfig;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.NatsLogins;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.relay.preflight.BrokerPreflight;
import dev.aftercommit.relay.preflight.Finding;
import io.nats.client.Connection;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A NATS or a stream that is not as the relay needs it: one clear message from {@code run}, a finding from {@code doctor}. */
class BrokerSetupIT {
    private static final String[] BOTH = {"run", "doctor"};

    private static RelayWorld world;

    @BeforeAll
    static void start() {
        world = new RelayWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @AfterEach
    void forgetTheStreams() throws Exception {
        try (Connection nats = world.natsConnection()) {
            for (String name : nats.jetStreamManagement().getStreamNames()) {
                nats.jetStreamManagement().deleteStream(name);
            }
        }
        assertThat(world.query("SELECT count(*) FROM pg_replication_slots"))
                .as("a start that is refused makes no slot")
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status"})
    void aServerThatIsAwayIsNamedWithoutItsPassword(String command) {
        String url = "nats://relay:s3cr3t@localhost:" + Ports.free();
        RelayJar.Result result = Words.requireClear(world.command(command, Map.of("OUTBOX_NATS_URL", url)));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
        assertThat(result.output())
                .contains("NATS at " + url.replace("relay:s3cr3t", "***") + " cannot be reached: Connection refused."
                        + " Check OUTBOX_NATS_URL and that the server runs.")
                .doesNotContain("s3cr3t");
    }

    @Test
    void aServerWithoutJetStreamIsToldHowToTurnItOn() {
        try (NatsServer plain = NatsServer.builder().jetStream(false).start()) {
            refused(plain, "runs without JetStream. Start nats-server with -js");
        }
    }

    @Test
    void anAccountWithoutJetStreamIsToldHowToTurnItOn() {
        try (NatsServer plain = NatsServer.builder()
                .config("accounts { A { users: [ { user: relay, password: relay } ] }, J { jetstream: enabled } }")
                .start()) {
            refused(plain, "JetStream");
        }
    }

    @Test
    void aServerOfSmallMessagesIsToldToTakeLargerOnes() {
        try (NatsServer small =
                NatsServer.builder().config("max_payload: 65536").start()) {
            refused(
                    small,
                    "takes messages of at most 65536 bytes, but the outbox accepts events of up to 1048576 with their"
                            + " headers. Set max_payload: 1MB or more");
        }
    }

    /** The documented permissions are what the relay needs: it looks for each of them, and for no others. */
    @Test
    void everyPermissionThatTheLoginLacksIsNamedWithTheLineThatGrantsIt() throws Exception {
        assertThat(findings(world.nats())).noneMatch(finding -> finding.level() == Finding.Level.PROBLEM);
        List<String> permissions = NatsLogins.relaysPermissions();
        assertThat(permissions).hasSize(8);
        for (String permission : permissions) {
            try (NatsServer strict = NatsServer.builder()
                    .config(NatsLogins.configWithout(permission))
                    .start()) {
                assertThat(findings(strict))
                        .as(permission)
                        .filteredOn(finding -> finding.level() == Finding.Level.PROBLEM)
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.text())
                                .contains("NATS does not let this login ")
                                .endsWith("Add to its permissions in nats-server's configuration: "
                                        + (permission.startsWith("_INBOX") ? "subscribe" : "publish")
                                        + ": [\"" + permission + "\"]"));
            }
        }
    }

    private static List<Finding> findings(NatsServer nats) throws InterruptedException {
        NatsConfig config = new NatsConfig(
                List.of(nats.url()),
                new NatsConfig.Login(null, null, "relay", "relay", null),
                new NatsConfig.Tls(null, null, null));
        List<Finding> findings = new ArrayList<>();
        try (Broker broker = Broker.connect(config)) {
            BrokerPreflight.inspect(broker, RelayWorld.SOURCE, broker.stream(RelayWorld.SOURCE, 1), findings);
        }
        return findings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor"})
    void aLoginThatMayNotLookAtTheStreamIsToldWhatToGrant(String command) {
        String look = "$JS.API.STREAM.INFO.OUTBOX_ACCOUNTS";
        try (NatsServer strict =
                NatsServer.builder().config(NatsLogins.configWithout(look)).start()) {
            refused(
                    strict,
                    command,
                    "NATS does not let this login publish to " + look
                            + ". Add to its permissions in nats-server's configuration: publish: [\"" + look + "\"]");
        }
    }

    @Test
    void aRelayThatMayNotPublishSaysWhatToGrantAndWaits() throws Exception {
        try (RelayWorld own = new RelayWorld(
                AccountsPostgres.migrated().start(),
                NatsServer.builder()
                        .config(NatsLogins.configWithout("outbox.accounts.>"))
                        .start())) {
            RelayWorld.Relay relay = own.start();
            Writers.write(own, 1);
            own.awaitState(relay, "blocked");
            assertThat(own.get(relay, "/readyz"))
                    .contains("NATS does not let this login publish to outbox.accounts.account.AccountTouched.")
                    .contains("publish: [\"outbox.accounts.>\"]");
            Words.requireClear(relay.output());
        }
    }

    @Test
    void aStreamOfThatNameWithOtherSubjectsIsRefused() throws Exception {
        refusedStream(
                StreamConfiguration.builder().subjects("outbox.accounts.>", "other.>"),
                "it listens to [outbox.accounts.>, other.>] instead of only outbox.accounts.>");
    }

    @Test
    void aStreamOfAnotherOwnerIsRefused() throws Exception {
        refusedStream(
                StreamConfiguration.builder()
                        .subjects("outbox.accounts.>")
                        .metadata(Map.of(StreamMetadata.SOURCE, "accounts-2")),
                "it belongs to the source accounts-2");
    }

    @Test
    void aStreamThatForgetsWhatIsReadIsRefused() throws Exception {
        refusedStream(
                StreamConfiguration.builder().subjects("outbox.accounts.>").retentionPolicy(RetentionPolicy.Interest),
                "its retention is interest, which removes events when they are read");
    }

    @Test
    void aStreamThatListensToTheSameSubjectsUnderAnotherNameIsRefused() throws Exception {
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("EVERYTHING")
                            .subjects("outbox.>")
                            .build());
        }
        refused(
                world.nats(),
                "run",
                "Stream OUTBOX_ACCOUNTS cannot be made because another stream listens to outbox.accounts.>");
    }

    @Test
    void aMessageOfSomebodyElseAtTheStreamsEndIsRefused() throws Exception {
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(RelayWorld.STREAM)
                            .subjects("outbox.accounts.>")
                            .build());
            nats.jetStream().publish("outbox.accounts.account.Forged.00", new byte[0]);
        }
        refused(
                world.nats(),
                "Message 1 of stream OUTBOX_ACCOUNTS is not from a relay: it lacks a ce-id, an Outbox-Position or a"
                        + " ce-time. Somebody else publishes to outbox.accounts.>.");
    }

    private static void refusedStream(StreamConfiguration.Builder stream, String text) throws Exception {
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement().addStream(stream.name(RelayWorld.STREAM).build());
        }
        refused(world.nats(), "Stream OUTBOX_ACCOUNTS is not one this relay may publish to: " + text);
    }

    private static void refused(NatsServer nats, String text) {
        for (String command : BOTH) {
            refused(nats, command, text);
        }
    }

    private static void refused(NatsServer nats, String command, String text) {
        RelayJar.Result result = Words.requireClear(world.command(command, Map.of("OUTBOX_NATS_URL", nats.url())));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
        assertThat(result.output()).contains(text);
    }
}
