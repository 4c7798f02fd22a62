package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NatsClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private NatsCluster cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = NatsCluster.start(3);
        try (Connection connection = connect(cluster.url())) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("numbers")
                            .subjects("numbers")
                            .replicas(3)
                            .build());
        }
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void messagesSurviveTheDeathOfTheLeader() throws Exception {
        long before = awaitStored();
        NatsServer leader = cluster.server(leader());

        leader.kill();
        awaitStored();
        cluster.startAgain(List.of(leader));

        assertThat(awaitStored()).isGreaterThan(before);
    }

    @Test
    void withoutMostOfItsServersItStoresNothingUntilTheyAreBack() throws Exception {
        List<NatsServer> most = cluster.servers().subList(0, 2);
        most.forEach(NatsServer::kill);

        assertThat(isStored(cluster.url())).isFalse();
        cluster.startAgain(most);

        awaitStored();
    }

    @Test
    void aServerThatIsCutOffStoresNothingWhileTheOthersDo() throws Exception {
        awaitStored();
        NatsServer alone = cluster.server(leader());
        String others = cluster.servers().stream()
                .filter(server -> server != alone)
                .map(NatsServer::url)
                .reduce((one, other) -> one + "," + other)
                .orElseThrow();

        cluster.cutOff(alone);
        await().atMost(PATIENCE).until(() -> isStored(others));
        assertThat(isStored(alone.url())).isFalse();
        cluster.reconnect(alone);

        await().atMost(PATIENCE).until(() -> isStored(alone.url()));
    }

    @Test
    void aFrozenServerIsReplacedAsTheLeaderAndComesBack() throws Exception {
        awaitStored();
        NatsServer frozen = cluster.server(leader());

        frozen.freeze();
        awaitStored();
        frozen.thaw();

        await().atMost(PATIENCE).until(() -> isStored(frozen.url()));
    }

    private String leader() throws Exception {
        try (Connection connection = connect(cluster.url())) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo("numbers")
                    .getClusterInfo()
                    .getLeader();
        }
    }

    /** A healthy server may not have heard yet who takes the stream's messages, so that nobody responds at first. */
    private long awaitStored() {
        return await().atMost(PATIENCE)
                .until(() -> publish(cluster.url()), OptionalLong::isPresent)
                .getAsLong();
    }

    private static boolean isStored(String url) throws InterruptedException {
        return publish(url).isPresent();
    }

    /** The message's sequence; empty when nobody has stored it. */
    private static OptionalLong publish(String url) throws InterruptedException {
        try (Connection connection = connect(url)) {
            return OptionalLong.of(connection
                    .jetStream()
                    .publish("numbers", "1".getBytes(StandardCharsets.UTF_8))
                    .getSeqno());
        } catch (IOException | JetStreamApiException e) {
            return OptionalLong.empty();
        }
    }

    private static Connection connect(String urls) throws IOException, InterruptedException {
        return Nats.connect(Options.builder()
                .server(urls)
                .noReconnect()
                .connectionTimeout(Duration.ofSeconds(2))
                .errorListener(new ErrorListener() {})
                .build());
    }
}
