package dev.aftercommit.relay.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.relay.source.OutboxChange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventRouterTest {
    private static final String ID = "0192f0c0-1111-7222-8333-444455556666";
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

    private static final OutboxPosition POSITION = new OutboxPosition(3, 0xab, 7);

    private static final List<String> FRAGMENTS = List.of(
            "datacontenttype",
            "eventversion",
            "traceparent",
            "Nats-Msg-Id",
            "ce-id",
            "image/png",
            "3",
            ">",
            "*",
            "a.b",
            "{}",
            "x".repeat(300));

    private final EventRouter router = new EventRouter("accounts", 16);

    @Test
    void aPlainEventHasTheHeadersOfTheContractInOrderAndNoOthers() {
        OutboundMessage message = route("AccountCreated", "{\"a\": 1}", null);
        assertThat(message.subject())
                .isEqualTo("outbox.accounts.account.AccountCreated.%02d".formatted(Partitions.of("u-1", 16)));
        assertThat(lines(message))
                .containsExactly(
                        "NATS/1.0",
                        "Nats-Msg-Id:" + ID,
                        "Outbox-Position:" + message.position(),
                        "ce-specversion:1.0",
                        "ce-id:" + ID,
                        "ce-source:/accounts",
                        "ce-type:AccountCreated",
                        "ce-subject:u-1",
                        "ce-time:2026-01-02T03:04:05.678901Z");
        assertThat(message.position()).hasToString("00000003-00000000000000ab-00000007");
        assertThat(new String(message.body(), StandardCharsets.UTF_8)).isEqualTo("{\"a\": 1}");
        assertThat(message.size()).isEqualTo(message.headers().length + message.body().length);
    }

    @Test
    void storedHeadersTravelEncodedAndTheTwoThatSteerBecomeCloudEvents() {
        OutboundMessage message = route(
                "AccountCreated",
                "\"AAEC/w==\"",
                "{\"eventversion\":\"2\",\"datacontenttype\":\"application/x-protobuf; v=1\",\"tenant\":\"Zürich %\\r\\n\","
                        + "\"traceparent\":\"00-ab-cd-01\"}");
        assertThat(lines(message))
                .contains(
                        "ce-eventversion:2",
                        "ce-datacontenttype:application/x-protobuf;%20v=1",
                        "tenant:Z%C3%BCrich%20%25%0D%0A",
                        "traceparent:00-ab-cd-01")
                .noneMatch(line -> line.startsWith("eventversion") || line.startsWith("datacontenttype"));
        assertThat(message.body()).containsExactly(0, 1, 2, 0xff);
    }

    @Test
    void anExplicitVersionOneAndJsonAreLeftOutAsTheirAbsenceIs() {
        assertThat(lines(route("T", "1", "{\"eventversion\":\"1\",\"datacontenttype\":\"application/json\"}")))
                .noneMatch(line -> line.startsWith("ce-eventversion") || line.startsWith("ce-datacontenttype"));
    }

    @Test
    void whatASubjectCannotHoldIsEscapedByteByByte() {
        OutboundMessage message = route("Odd type.*>ü", "1", null);
        assertThat(message.subject()).startsWith("outbox.accounts.account.Odd=20type=2E=2A=3E=C3=BC.");
        assertThat(lines(message)).contains("ce-type:Odd%20type.*>%C3%BC");
    }

    @Test
    void aBinaryPayloadOfEveryByteIsDecoded() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        String payload = '"' + Base64.getEncoder().encodeToString(bytes) + '"';
        assertThat(route("T", payload, "{\"datacontenttype\":\"application/octet-stream\"}")
                        .body())
                .isEqualTo(bytes);
    }

    @Test
    void aJsonPayloadIsNeverTouched() {
        String payload = "{ \"b\" :1.50,\n \"a\":\"\\u00e4\", \"b\":2 }";
        assertThat(new String(route("T", payload, null).body(), StandardCharsets.UTF_8))
                .isEqualTo(payload);
    }

    @Test
    void theSameChangeGivesTheSameMessageEachTime() {
        OutboxChange change = change("T", "1", "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}");
        OutboundMessage first = router.route(change, POSITION, "");
        route("Other", "2", "{\"longer\":\"" + "x".repeat(4_000) + "\"}");
        OutboundMessage second = new EventRouter("accounts", 16).route(change, POSITION, "");
        OutboundMessage third = router.route(change, POSITION, "");
        for (OutboundMessage again : List.of(second, third)) {
            assertThat(again.headers()).isEqualTo(first.headers());
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.subject()).isEqualTo(first.subject());
        }
    }

    @Test
    void theSubjectFollowsTheAggregatesPartitionAndNothingElse() {
        for (int i = 0; i < 1_000; i++) {
            String aggregate = "aggregate-" + i;
            OutboundMessage message = router.route(
                    new OutboxChange(1, 0, TIME, new OutboxChange.Row(ID, "account", aggregate, "T", "1", null)),
                    POSITION,
                    "");
            assertThat(message.subject()).endsWith(".%02d".formatted(Partitions.of(aggregate, 16)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "{\"a\":", "{\"a\":{}}", "\"text\"", "{\"Nats-Msg-Id\":\"x\"}", "{\"a b\":\"x\"}"})
    void headersThatBreakTheContractAreRefusedWithTheRowsId(String headers) {
        assertThatThrownBy(() -> route("T", "1", headers))
                .isInstanceOf(AftercommitException.class)
                .hasMessageContaining(ID)
                .extracting(e -> ((AftercommitException) e).code())
                .isEqualTo(ErrorCode.MALFORMED_MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "\"not base64!\"", "1", "\"AAEC"})
    void aBinaryPayloadThatIsNotBase64IsRefusedWithTheRowsId(String payload) {
        assertThatThrownBy(() -> route("T", payload, "{\"datacontenttype\":\"image/png\"}"))
                .hasMessage("Outbox row " + ID + ": its payload is not a base64 JSON string.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two", "", "99999999999"})
    void anEventVersionThatIsNoNumberIsRefusedWithTheRowsId(String version) {
        assertThatThrownBy(() -> route("T", "1", "{\"eventversion\":\"" + version + "\"}"))
                .hasMessage("Outbox row " + ID + ": its eventversion is not 1 to 999999999.");
    }

    @ParameterizedTest
    @CsvSource({"256, u, T, aggregate_type", "1, 256, T, aggregate_id", "1, 0, T, aggregate_id"})
    void aNameThatIsEmptyOrTooLongIsRefusedWithTheRowsId(int type, String id, String event, String column) {
        String aggregateId = id.matches("[0-9]+") ? "x".repeat(Integer.parseInt(id)) : id;
        assertThatThrownBy(() -> router.route(
                        new OutboxChange(
                                1, 0, TIME, new OutboxChange.Row(ID, "t".repeat(type), aggregateId, event, "1", null)),
                        POSITION,
                        ""))
                .hasMessageMatching("Outbox row " + ID + ": its " + column + " is \\d+ bytes instead of 1 to 255.");
    }

    /** What is malformed is parked; anything else that is thrown would end the relay's run, again and again. */
    @Test
    void whateverARowHoldsItIsRoutedOrMalformed() {
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            OutboxChange.Row row = new OutboxChange.Row(
                    ID,
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    random.nextBoolean() ? null : "{\"" + text(random) + "\": \"" + text(random) + "\"}");
            try {
                OutboundMessage message = router.route(new OutboxChange(1, 0, TIME, row), POSITION, "");
                assertThat(message.subject()).matches("[^ \\x00-\\x1f]+");
                assertThat(message.subject().split("\\.")).hasSize(5);
                assertThat(lines(message)).allSatisfy(line -> assertThat(line).matches("[\\x20-\\x7e]+"));
            } catch (AftercommitException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE);
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 49_000);
    }

    private static String text(Random random) {
        if (random.nextInt(4) == 0) {
            return FRAGMENTS.get(random.nextInt(FRAGMENTS.size()));
        }
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    switch (random.nextInt(8)) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> 0x20 + random.nextInt(0x10000);
                        case 2 -> 0x10000 + random.nextInt(0x1000);
                        default -> 'a' + random.nextInt(26);
                    });
        }
        return text.toString();
    }

    private OutboundMessage route(String type, String payload, String headers) {
        return router.route(change(type, payload, headers), POSITION, "");
    }

    private static OutboxChange change(String type, String payload, String headers) {
        return new OutboxChange(0xab, 7, TIME, new OutboxChange.Row(ID, "account", "u-1", type, payload, headers));
    }

    private static List<String> lines(OutboundMessage message) {
        String block = new String(message.headers(), StandardCharsets.US_ASCII);
        assertThat(block).endsWith("\r\n");
        return Arrays.asList(block.split("\r\n"));
    }
}
