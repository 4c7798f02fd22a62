package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker whose store is replaced by an older copy of itself: the same stream, to look at, with less in it. */
@OutboxTest(schema = Effects.Table.class)
final class RestoredBrokerIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    @TempDir
    private Path folder;

    private Path store;
    private Path copy;
    private NatsServer nats;
    private Scene scene;

    @BeforeEach
    void start(OutboxFixture fixture) {
        store = folder.resolve("store");
        copy = folder.resolve("copy");
        nats = NatsServer.builder().storeDirectory(store).start();
        scene = Scene.of(fixture, nats.url());
    }

    @AfterEach
    void close() {
        scene.close();
        nats.close();
    }

    @Test
    void whatTheRelayPublishesAgainIsNotHandledAgain() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publishBurst(100, ACCOUNTS);
            scene.effects().awaitCount(100);
            replace(store, copy);
            relay.publishBurst(50, ACCOUNTS);
            scene.effects().awaitCount(150);
            replace(copy, store);
            Waiting waiting = Choices.await(consumer, Waiting.Reason.STREAM_BEHIND);
            assertThat(waiting.message()).contains("ends before", "goes on by itself");
            relay.publishAgain(100, 150);
            relay.publishBurst(20, ACCOUNTS);
            scene.effects().awaitCount(170);
            scene.effects().assertEachOnceInOrder(170);
        }
    }

    /** The database went back, too: others are published, fewer than were lost or more. */
    @ParameterizedTest
    @ValueSource(ints = {30, 90})
    void eventsThatTheSourceDoesNotKnowAnyMoreStopTheConsumer(int others) {
        List<String> accounts =
                AccountRelay.accounts(7).stream().map("other-"::concat).toList();
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, ACCOUNTS);
            replace(store, copy);
            relay.publishBurst(50, ACCOUNTS);
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                scene.effects().awaitCount(150);
                assertThat(consumer.status().waiting()).isNull();
            }
            replace(copy, store);
            relay.forgetNewest(50);
            relay.beginEpoch();
            relay.publishBurst(others, accounts);
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                Waiting waiting = Choices.await(consumer, Waiting.Reason.EVENT_UNKNOWN);
                assertThat(waiting.message()).contains("applied events that the source does not know");
                scene.effects().assertEachOnceInOrder(150);
                Choices.accept(consumer, scene.effects());
                scene.effects().awaitCount(150 + others);
            }
            scene.effects().assertEachOnceInOrder(150 + others);
        }
    }

    /** As an administrator does it: the server is down meanwhile. */
    private void replace(Path from, Path to) {
        nats.stop();
        try {
            delete(to);
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        nats.startAgain();
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
