package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator sees and does: health, metrics, status, the log, SIGTERM. */
class OperationIT {
    /** Less than the 30 seconds after which Kubernetes kills, and enough for a busy machine. */
    private static final Duration SECONDS = Duration.ofSeconds(25);

    private static final String METRIC_LINE =
            "[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[a-zA-Z_]\\w*=\"[^\"]*\"(,[a-zA-Z_]\\w*=\"[^\"]*\")*})? (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)";

    private RelayWorld world;

    @BeforeEach
    void start() {
        world = new RelayWorld();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void healthMetricsAndStatusSayWhatTheRelayDoes() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 25);
        world.awaitStored(25);
        assertThat(world.get(relay, "/livez")).isEqualTo("200 streaming\n");
        assertThat(world.get(relay, "/readyz")).isEqualTo("200 streaming\n");
        await().atMost(SECONDS)
                .untilAsserted(() -> assertThat(world.get(relay, "/metrics"))
                        .contains("outbox_relay_stored_total{source=\"accounts\"} 25.0")
                        .contains("outbox_relay_in_flight{source=\"accounts\"} 0.0")
                        .contains("outbox_relay_slot_lag_bytes{source=\"accounts\"} ")
                        .contains("outbox_relay_state{source=\"accounts\",state=\"streaming\"} 1.0")
                        .contains("outbox_relay_state{source=\"accounts\",state=\"standby\"} 0.0")
                        .contains("jvm_memory_used_bytes"));
        assertThat(world.get(relay, "/metrics").substring("200 ".length()).lines())
                .allMatch(line -> line.startsWith("# ") || line.matches(METRIC_LINE));
        JsonNode status =
                new ObjectMapper().readTree(world.get(relay, "/status").substring("200 ".length()));
        assertThat(status.path("state").asText()).isEqualTo("streaming");
        assertThat(status.path("stream").path("name").asText()).isEqualTo("OUTBOX_ACCOUNTS");
        assertThat(status.path("stored").asLong()).isEqualTo(25);
        assertThat(status.path("journal").path("epoch").asInt()).isEqualTo(1);
        assertThat(world.get(relay, "/elsewhere")).startsWith("404 ").contains("/livez");
        for (String method : List.of("POST", "PUT", "DELETE")) {
            assertThat(world.request(relay, method, "/status")).isEqualTo("405 GET only\n");
        }
    }

    @Test
    void aPortInUseIsNamedTogetherWithItsSetting() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(0));
            String port = Integer.toString(taken.getLocalPort());
            RelayJar.Result result = Words.requireClear(world.command("run", Map.of("OUTBOX_HTTP_PORT", port)));
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.output()).contains("Port " + port).contains("OUTBOX_HTTP_PORT");
        }
        assertThat(world.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }

    @Test
    void statusShowsSlotAndStreamInTextAndInJson() throws Exception {
        RelayJar.Result before = Words.requireClear(world.command("status", Map.of()));
        assertThat(before.exitCode()).isEqualTo(1);
        assertThat(before.output()).containsPattern("slot.exists +false").containsPattern("stream.exists +false");
        world.start();
        Writers.write(world, 3);
        world.awaitStored(3);
        RelayJar.Result text = Words.requireClear(world.command("status", Map.of()));
        assertThat(text.exitCode()).isZero();
        assertThat(text.output())
                .containsPattern("source +accounts")
                .containsPattern("slot.active +true")
                .containsPattern("stream.lastSequence +3");
        RelayJar.Result json = world.command("status --json", Map.of());
        assertThat(json.exitCode()).isZero();
        JsonNode status = new ObjectMapper().readTree(json.output());
        assertThat(status.at("/slot/active").asBoolean()).isTrue();
        assertThat(status.at("/stream/lastSequence").asLong()).isEqualTo(3);
        assertThat(status.at("/stream/lastEvent").asText())
                .isEqualTo(world.readStream().getLast().id());
    }

    @Test
    void sigtermEndsAStreamingAndAWaitingRelayWithinSecondsAsDone() throws Exception {
        RelayWorld.Relay active = world.start();
        RelayWorld.Relay standby = world.start("standby");
        Writers.write(world, 10);
        world.awaitStored(10);
        assertThat(standby.process().terminate(SECONDS)).as(standby.output()).isZero();
        assertThat(active.process().terminate(SECONDS)).as(active.output()).isZero();
        for (RelayWorld.Relay relay : List.of(active, standby)) {
            assertThat(relay.output())
                    .contains("Relay of source accounts stopped")
                    .doesNotContain("WARN", "ERROR");
            Words.requireClear(relay.output());
        }
        assertThat(standby.output().lines().filter(line -> line.contains("this one stands by")))
                .hasSize(1);
    }

    @Test
    void sigtermEndsTheFirstCatchUpWithinSecondsAndTheNextStartGoesOnThere() throws Exception {
        world.sql("INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)"
                + " SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'account', 'a' || n % 50,"
                + " 'Old', to_json(n) FROM generate_series(1, 100000) n");
        RelayWorld.Relay relay = world.launch();
        world.awaitStored(1_000);
        assertThat(relay.process().terminate(SECONDS)).as(relay.output()).isZero();
        Words.requireClear(relay.output());
        assertThat(relay.output()).doesNotContain("WARN", "ERROR");
        long first = world.stored();
        assertThat(first).isLessThan(100_000);
        world.start();
        world.awaitStored(100_000);
        assertThat(world.readStream().stream().map(event -> Long.parseLong(event.payload())))
                .hasSize(100_000)
                .isSorted();
    }

    @Test
    void theLogHasOneLineForEachChangeOfStateAndOneWarningForEachLoss() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 10);
        world.nats().kill();
        world.awaitState(relay, "retrying");
        assertThat(world.get(relay, "/livez")).startsWith("200 retrying: ");
        assertThat(world.get(relay, "/readyz")).startsWith("503 retrying: ");
        awaitAttempts(relay, 4);
        world.nats().startAgain();
        world.awaitState(relay, "streaming");
        world.postgres().kill();
        world.awaitState(relay, "retrying");
        awaitAttempts(relay, 3);
        world.postgres().startAgain();
        world.awaitState(relay, "streaming");
        Writers.write(world, 10);
        world.awaitStored(20);
        world.postgres().restart();
        Writers.write(world, 10);
        world.awaitStored(30);
        assertThat(relay.process().terminate(SECONDS)).as(relay.output()).isZero();
        Words.requireClear(relay.output());
        List<String> lines = relay.output().lines().toList();
        assertThat(lines).allMatch(line -> line.matches("\\d{4}-.*(INFO|WARN) +d\\.a\\.r\\..*"));
        assertThat(lines.stream().filter(line -> line.contains("WARN")))
                .hasSize(3)
                .allMatch(line -> line.contains("tries again until it works"));
        assertThat(lines.stream().filter(line -> line.contains("Streaming into stream")))
                .hasSize(4);
    }

    /** The first start fails again and again at the same row, which is said once. */
    @Test
    void aStreamThatIsFullBlocksTheRelayUntilThereIsRoomAndIsToldOnce() throws Exception {
        Writers.write(world, 20);
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(RelayWorld.STREAM)
                .subjects("outbox.accounts.>")
                .discardPolicy(DiscardPolicy.New);
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement().addStream(stream.maxMessages(5).build());
            RelayWorld.Relay relay = world.launch();
            world.awaitState(relay, "blocked: JetStream refuses a message: maximum messages exceeded");
            awaitAttempts(relay, 4);
            assertThat(world.stored()).isEqualTo(5);
            assertThat(world.query("SELECT count(*) FROM outbox.parked_event")).isEqualTo("0");
            assertThat(relay.output().lines().filter(line -> line.contains("WARN")))
                    .as(relay.output())
                    .hasSize(1);
            nats.jetStreamManagement().updateStream(stream.maxMessages(-1).build());
            world.awaitState(relay, "streaming");
            Writers.write(world, 5);
            world.awaitStored(25);
            nats.jetStreamManagement().updateStream(stream.maxMessages(25).build());
            Writers.write(world, 5);
            world.awaitState(relay, "blocked: JetStream refuses a message: maximum messages exceeded");
            awaitAttempts(relay, 3);
            assertThat(relay.output().lines().filter(line -> line.contains("WARN")))
                    .as(relay.output())
                    .hasSize(2);
            nats.jetStreamManagement().updateStream(stream.maxMessages(-1).build());
        }
        world.awaitStored(30);
        assertThat(world.readStream()).extracting(StoredMessage::id).doesNotHaveDuplicates();
        world.requireClearLogs();
    }

    private void awaitAttempts(RelayWorld.Relay relay, int more) {
        double before = runs(relay);
        await().atMost(RelayWorld.PATIENCE).until(() -> runs(relay) >= before + more);
    }

    private double runs(RelayWorld.Relay relay) {
        return Double.parseDouble(world.get(relay, "/metrics")
                .lines()
                .filter(line -> line.startsWith("outbox_relay_runs_total"))
                .findFirst()
                .orElseThrow()
                .replaceAll(".* ", ""));
    }
}
