package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.producer.Outbox;
import dev.aftercommit.relay.harness.CommitOrder;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a raw client finds in the stream, of what services commit. */
class PublishingIT {
    @DomainEvent(aggregateType = "account", type = "AccountRenamed", version = 2)
    record AccountRenamed(@AggregateId String userId, String name) {}

    private static RelayWorld world;

    @BeforeAll
    static void start() throws Exception {
        world = new RelayWorld();
        world.start();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void aRolledBackTransactionPublishesNothingAndACommittedOneExactlyOneMessage() throws Exception {
        long before = world.stored();
        String id;
        Instant start = Instant.now();
        try (Connection tx = world.service()) {
            tx.setAutoCommit(false);
            Outbox.emit(tx, new AccountRenamed("käthe 1", "rolled back"));
            tx.rollback();
            id = Outbox.emit(
                            tx,
                            new AccountRenamed("käthe 1", "Käthe"),
                            Map.of("tenant", "Zürich 1", "traceparent", "00-ab-cd-01"))
                    .eventId()
                    .toString();
            tx.commit();
        }
        world.awaitStored(before + 1);
        StoredMessage message = world.readStream().getLast();
        int partition = Partitions.of("käthe 1", 16);
        assertThat(message.sequence()).isEqualTo(before + 1);
        assertThat(message.subject()).isEqualTo("outbox.accounts.account.AccountRenamed.%02d".formatted(partition));
        assertThat(message.payload()).isEqualTo("{\"userId\":\"käthe 1\",\"name\":\"Käthe\"}");
        assertThat(message.headers().keySet())
                .containsExactlyInAnyOrder(
                        "Nats-Msg-Id",
                        "Nats-Expected-Last-Sequence",
                        "Outbox-Position",
                        "ce-specversion",
                        "ce-id",
                        "ce-source",
                        "ce-type",
                        "ce-subject",
                        "ce-time",
                        "ce-eventversion",
                        "tenant",
                        "traceparent");
        assertThat(message.rawHeaders().lines().filter(line -> line.contains(":")))
                .as("each header once")
                .hasSameSizeAs(message.headers().keySet());
        assertThat(message.header("Nats-Msg-Id")).isEqualTo(id);
        assertThat(message.header("Nats-Expected-Last-Sequence")).isEqualTo(Long.toString(before));
        assertThat(message.header("ce-id")).isEqualTo(id);
        assertThat(message.header("ce-specversion")).isEqualTo("1.0");
        assertThat(message.header("ce-source")).isEqualTo("/accounts");
        assertThat(message.header("ce-type")).isEqualTo("AccountRenamed");
        assertThat(message.header("ce-subject")).isEqualTo("k%C3%A4the%201");
        assertThat(message.header("ce-eventversion")).isEqualTo("2");
        assertThat(message.header("tenant")).isEqualTo("Z%C3%BCrich%201");
        assertThat(message.header("traceparent")).isEqualTo("00-ab-cd-01");
        assertThat(Instant.parse(message.header("ce-time"))).isBetween(start.minusSeconds(1), Instant.now());
        assertThat(message.position().epoch()).isEqualTo(1);
        assertThat(message.position().ordinal()).isZero();
    }

    @Test
    void aPlainInsertInAnyLanguageIsPublishedVerbatim() throws Exception {
        long before = world.stored();
        String id = "0192aaaa-0000-7000-8000-%012x".formatted(System.nanoTime() & 0xffffffffffffL);
        world.sql("INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload) VALUES ('" + id
                + "', 'account', 'a', 'Odd type.*', '{ \"b\" :1,  \"a\": [ 1.50 ] }')");
        world.sql("INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers) VALUES ('"
                + id.replace("0192", "0193")
                + "', 'account', 'a', 'Binary', '\"AAEC/w==\"', '{\"datacontenttype\":\"application/x-protobuf\"}')");
        world.awaitStored(before + 2);
        List<StoredMessage> events = world.readStream();
        StoredMessage json = events.get(events.size() - 2);
        assertThat(json.subject()).startsWith("outbox.accounts.account.Odd=20type=2E=2A.");
        assertThat(json.payload()).isEqualTo("{ \"b\" :1,  \"a\": [ 1.50 ] }");
        StoredMessage binary = events.getLast();
        assertThat(binary.header("ce-datacontenttype")).isEqualTo("application/x-protobuf");
        assertThat(binary.payload()).startsWith("\0\1\2");
    }

    @Test
    void thePositionIsTheCommitRecordsLsnAndTheOrdinalInItsTransaction() throws Exception {
        long before = world.stored();
        try (Connection tx = world.service()) {
            tx.setAutoCommit(false);
            Outbox.emitAll(tx, List.of(new AccountRenamed("p", "1"), new AccountRenamed("p", "2")));
            Outbox.emit(tx, new AccountRenamed("q", "3"));
            tx.commit();
        }
        world.awaitStored(before + 3);
        List<StoredMessage> events = world.readStream();
        List<StoredMessage> own = events.subList(events.size() - 3, events.size());
        assertThat(own).extracting(event -> event.position().ordinal()).containsExactly(0, 1, 2);
        assertThat(own)
                .extracting(event -> event.position().transactionLsn())
                .containsOnly(own.getFirst().position().transactionLsn());
        long end = Long.parseLong(world.query("SELECT (pg_current_wal_lsn() - '0/0')::bigint"));
        assertThat(own.getFirst().position().transactionLsn()).isBetween(1L, end);
    }

    @Test
    void twentyThousandEventsOfEightInterleavedWritersArriveInCommitOrderEachOnce() throws Exception {
        CommitOrder.begin(world);
        long before = world.stored();
        try (Writers writers = Writers.start(world, 8, 2_500, 4711)) {
            writers.awaitEnd();
        }
        List<String> committed = CommitOrder.ids(world);
        assertThat(committed).hasSize(20_000);
        world.awaitStored(before + 20_000);
        List<StoredMessage> events = world.readStream();
        assertThat(events.stream().skip(before).map(StoredMessage::id)).containsExactlyElementsOf(committed);
        assertThat(events).extracting(StoredMessage::position).isSorted();
        world.sql("SELECT pg_drop_replication_slot('witness')");
    }

    @Test
    void theSlotMovesWhileOnlyOtherTablesAreWritten() throws Exception {
        world.sql("CREATE TABLE IF NOT EXISTS busy (text text)");
        world.sql("INSERT INTO busy SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
        String end = world.query("SELECT pg_current_wal_lsn()");
        await().atMost(RelayWorld.PATIENCE)
                .untilAsserted(() -> assertThat(world.query("SELECT confirmed_flush_lsn >= '" + end
                                + "'::pg_lsn FROM pg_replication_slots WHERE slot_name = 'outbox'"))
                        .isEqualTo("t"));
    }

    @Test
    void anIdThatIsTakenIsRefusedByTheDatabase() throws Exception {
        String id = UUID.randomUUID().toString();
        id = id.substring(0, 14) + '7' + id.substring(15);
        String insert = "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload) VALUES ('"
                + id + "', 'account', 'a', 'T', '1')";
        world.sql(insert);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> world.sql(insert))
                .hasMessageContaining("duplicate key");
    }
}
