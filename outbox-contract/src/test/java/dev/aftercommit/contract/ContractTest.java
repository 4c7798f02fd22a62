package dev.aftercommit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContractTest {
    @DomainEvent(aggregateType = "account", type = "AccountCreated")
    record AccountCreated(@AggregateId UUID userId, String username, Instant createdOn) {}

    @DomainEvent(aggregateType = "no dots.please", type = " ", version = 0)
    record BadNames(String id) {}

    @DomainEvent(aggregateType = "account", type = "Rewritten", version = 1_000_000_000)
    record TooManyVersions(@AggregateId String id) {}

    record NotAnnotated(String id) {}

    @DomainEvent(aggregateType = "account", type = "Cyclic")
    record Cyclic(@AggregateId String id, Map<String, Object> self) {}

    @Test
    void anEventClassIsDescribedByItsAnnotations() {
        UUID id = UUID.randomUUID();
        EventDescriptor descriptor = EventDescriptor.of(AccountCreated.class);
        assertThat(descriptor.aggregateType()).isEqualTo("account");
        assertThat(descriptor.eventType()).isEqualTo("AccountCreated");
        assertThat(descriptor.version()).isEqualTo(1);
        assertThat(descriptor.aggregateIdOf(new AccountCreated(id, "ada", Instant.now())))
                .isEqualTo(id.toString());
    }

    @Test
    void aClassThatIsNoEventIsRefusedWithEverythingThatIsWrong() {
        assertThatThrownBy(() -> EventDescriptor.of(NotAnnotated.class)).hasMessageContaining("add @DomainEvent");
        assertThatThrownBy(() -> EventDescriptor.of(BadNames.class))
                .hasMessageContaining("aggregateType")
                .hasMessageContaining("not blank")
                .hasMessageContaining("version")
                .hasMessageContaining("@AggregateId");
        assertThatThrownBy(() -> EventDescriptor.of(TooManyVersions.class))
                .hasMessageContaining("version 1000000000 must be 1 to 999999999");
    }

    @Test
    void anAggregateIdThatIsNullEmptyOrTooLongIsRefused() {
        EventDescriptor descriptor = EventDescriptor.of(Cyclic.class);
        assertThatThrownBy(() -> descriptor.aggregateIdOf(new Cyclic(null, Map.of())))
                .hasMessageContaining("is null");
        assertThatThrownBy(() -> descriptor.aggregateIdOf(new Cyclic("", Map.of())))
                .hasMessageContaining("is empty");
        assertThatThrownBy(() -> descriptor.aggregateIdOf(new Cyclic("é".repeat(128), Map.of())))
                .hasMessageContaining("256 bytes");
    }

    @Test
    void subjectsAreReadBackAsTheyWereWritten() {
        Subject plain = new Subject("accounts", "account", "AccountCreated", 7);
        assertThat(plain.toString()).isEqualTo("outbox.accounts.account.AccountCreated.07");
        for (String name : List.of("a.b", "Ünï ≠ cöde", "=", "*>", "x=2Ey")) {
            Subject subject = new Subject("s-1", "t", name, 99);
            assertThat(subject.toString()).matches("outbox\\.s-1\\.t\\.[A-Za-z0-9_=-]+\\.99");
            assertThat(Subject.parse(subject.toString())).isEqualTo(subject);
        }
        assertThat(new Subject("s", "t", "a.b c", 0).toString()).isEqualTo("outbox.s.t.a=2Eb=20c.00");
        assertThat(Subject.streamOf("my-orders")).isEqualTo("OUTBOX_MY_ORDERS");
        assertThatThrownBy(() -> Subject.streamOf("Accounts")).hasMessageContaining("not a source name");
        assertThatThrownBy(() -> Subject.parse("outbox.a.b.c")).isInstanceOf(AftercommitException.class);
    }

    @Test
    void partitionsAreThoseOfNatsOwnTransform() {
        // FNV-1a 32 reference vectors: "" 811c9dc5, "a" e40c292c, "foobar" bf9cf968
        assertThat(Partitions.of("", 16)).isEqualTo(0x5);
        assertThat(Partitions.of("a", 16)).isEqualTo(0xc);
        assertThat(Partitions.of("foobar", 100)).isEqualTo((int) (0xbf9cf968L % 100));
    }

    @Test
    void positionsSortAsTheirTextDoes() {
        List<OutboxPosition> ordered = List.of(
                new OutboxPosition(0, 0, 9),
                new OutboxPosition(1, 0, 7),
                new OutboxPosition(1, 1, 0),
                new OutboxPosition(1, 0x1_0000_0000L, 0),
                new OutboxPosition(1, 0x1_0000_0000L, 0x7fff_ffff),
                new OutboxPosition(1, 0x1_0000_0000L, 0x8000_0000),
                new OutboxPosition(1, 0x8000_0000_0000_0000L, 0),
                new OutboxPosition(2, 0, 0));
        assertThat(ordered.reversed().stream().sorted()).containsExactlyElementsOf(ordered);
        Stream<String> texts = ordered.stream().map(OutboxPosition::toString);
        assertThat(texts.sorted().map(OutboxPosition::parse)).containsExactlyElementsOf(ordered);
        for (String bad :
                List.of("", "1-2-3", "00000001_0000000000000000-00000000", "ffffffff-0000000000000000-00000000")) {
            assertThatThrownBy(() -> OutboxPosition.parse(bad)).hasMessageContaining("not an Outbox-Position");
        }
    }

    @Test
    void anEnvelopeSurvivesTheWire() {
        EventEnvelope envelope = new EventEnvelope(
                UUID.randomUUID(),
                "accounts",
                "account",
                "käthe \"100%\"\r\nNats-Rollup: all",
                "Account Renamed",
                3,
                "application/x-protobuf",
                Instant.parse("2026-11-22T10:00:00.123456Z"),
                new OutboxPosition(1, 77, 3),
                5,
                Map.of("traceparent", "00-abc-def-01", "tenant", "Zürich 1"));
        Map<String, String> wire = new HashMap<>();
        MessageHeaders.write(envelope, wire::put);
        assertThat(wire.values()).allMatch(value -> value.chars().allMatch(c -> c > ' ' && c < 0x7f));
        assertThat(MessageHeaders.read(envelope.subject().toString(), wire)).isEqualTo(envelope);
    }

    @Test
    void aMessageWithoutThePositionIsMalformed() {
        assertThatThrownBy(() -> MessageHeaders.read("outbox.a.b.c.00", Map.of("ce-id", "x")))
                .isInstanceOf(AftercommitException.class);
    }

    @Test
    void aHeaderThatSteersTheStreamIsRefused() {
        for (String name :
                List.of("Nats-Rollup", "nats-ttl", "ce-id", "OUTBOX-Position", "", "a b", "a:b", "é", "a\nb")) {
            assertThatThrownBy(() -> UserHeaders.require(Map.of(name, "v")))
                    .as(name)
                    .isInstanceOfSatisfying(
                            AftercommitException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_HEADER));
        }
        assertThat(UserHeaders.require(Map.of("tenant", "Zürich\n"))).hasSize(1);
    }

    @Test
    void theCodecWritesIsoTimesAndIgnoresWhatItDoesNotKnow() {
        JsonEventCodec codec = new JsonEventCodec();
        AccountCreated event = new AccountCreated(new UUID(0, 1), "ada", Instant.parse("2026-11-22T10:00:00Z"));
        assertThat(codec.write(event)).contains("\"2026-11-22T10:00:00Z\"");
        byte[] newer = codec.write(event).replace("{", "{\"added\":1,").getBytes(StandardCharsets.UTF_8);
        assertThat(codec.read(newer, AccountCreated.class)).isEqualTo(event);
    }

    @Test
    void whatCannotBeWrittenOrReadIsNamed() {
        Map<String, Object> cycle = new HashMap<>();
        cycle.put("me", cycle);
        JsonEventCodec codec = new JsonEventCodec();
        assertThatThrownBy(() -> codec.write(new Cyclic("1", cycle))).hasMessageContaining("Cyclic cannot be written");
        assertThatThrownBy(() -> codec.read("[1]".getBytes(StandardCharsets.UTF_8), AccountCreated.class))
                .hasMessageContaining("cannot be read as");
    }
}
