package dev.aftercommit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Partitions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events in a stream, and excerpts of one. */
@OutboxTest
class TestRelayIT {
    private final TestRelay relay;

    TestRelayIT(TestRelay relay) {
        this.relay = relay;
    }

    @Test
    void anEventIsStoredAsTheContractSays() {
        EventEnvelope event = relay.publish(new AccountRenamed("käthe", "Käthe"), Map.of("tenant", "Zürich"));

        StoredMessage stored = relay.stream().messages().getFirst();
        assertThat(stored.sequence()).isEqualTo(1);
        assertThat(stored.subject())
                .isEqualTo("outbox." + event.source() + ".account.AccountRenamed."
                        + "%02d".formatted(Partitions.of("käthe", 16)));
        assertThat(stored.payload()).isEqualTo("{\"account\":\"käthe\",\"name\":\"Käthe\"}");
        assertThat(stored.headers())
                .containsEntry("ce-id", event.eventId().toString())
                .containsEntry("ce-eventversion", "2")
                .containsEntry("tenant", "Z%C3%BCrich");
        assertThat(stored.envelope()).isEqualTo(event);
        assertThat(stored.everything()).contains("outbox.", "ce-id", "account");
    }

    @Test
    void positionsRise() {
        relay.publish(new AccountCreated("a", 1));
        relay.publishAll(List.of(new AccountCreated("a", 2), new AccountCreated("b", 1)));
        relay.beginEpoch();
        relay.publish(new AccountCreated("a", 3));
        assertThat(relay.stream().messages())
                .extracting(StoredMessage::position)
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(4);
    }

    @Test
    void anEventThatIsPublishedAgainIsStoredAgainAsItWas() {
        EventEnvelope event = relay.publish(new AccountCreated("a", 1));
        relay.publishAgain(event);
        assertThat(relay.stream().messages())
                .extracting(StoredMessage::envelope)
                .containsExactly(event, event);
    }

    @Test
    void aRecordingIsReplayedAsItWasInAnotherSource(@TempDir Path folder) throws Exception {
        relay.publish(new AccountCreated("a", 1), Map.of("tenant", "blue"));
        relay.publish(relay.envelope(new AccountCreated("b", 1), Map.of()), "{\"account\" : \"b\"}");
        relay.publish(relay.envelope(new AccountCreated("c", 1), Map.of()), new byte[] {(byte) 0xff, 0, '\n'});
        List<StoredMessage> originals = relay.stream().messages();
        Path file = folder.resolve("accounts.jsonl");
        new StreamRecording(originals).write(file);
        assertThat(Files.readAllLines(file)).hasSize(3);
        assertThat(Files.readString(file))
                .contains("\"payload\":{\"account\":\"a\",\"number\":1}", "\"payloadBase64\":");

        try (OutboxFixture another = OutboxFixture.open(TestServers.shared())) {
            List<EventEnvelope> replayed = another.relay().replay(StreamRecording.of(file));
            assertThat(replayed).extracting(EventEnvelope::source).containsOnly(another.source());
            List<StoredMessage> copies = another.relay().stream().messages();
            assertThat(copies).extracting(StoredMessage::envelope).isEqualTo(replayed);
            for (int i = 0; i < originals.size(); i++) {
                assertThat(copies.get(i).payloadBytes())
                        .isEqualTo(originals.get(i).payloadBytes());
                assertThat(replayed.get(i))
                        .usingRecursiveComparison()
                        .ignoringFields("source")
                        .isEqualTo(originals.get(i).envelope());
            }
        }
    }

    @Test
    void aLineThatIsNoMessageIsNamed(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("wrong.jsonl");
        Files.writeString(file, "\n{\"subject\": \"outbox.accounts.account.AccountCreated.07\", \"payload\": {}}\n");
        assertThatThrownBy(() -> StreamRecording.of(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("wrong.jsonl, line 2", "\"headers\"");
        Files.writeString(
                file,
                "{\"subject\": \"outbox.accounts.account.AccountCreated.07\", \"payload\": {}, \"headers\": {}}\n");
        assertThatThrownBy(() -> StreamRecording.of(file))
                .hasMessageContainingAll("wrong.jsonl, line 1", "has no header ce-id");
        assertThatThrownBy(() -> StreamRecording.ofResource("/none.jsonl"))
                .hasMessageContaining("There is no /none.jsonl");
    }
}
