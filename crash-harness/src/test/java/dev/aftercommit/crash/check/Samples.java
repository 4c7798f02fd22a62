package dev.aftercommit.crash.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Rows, and the messages that they ask for. */
final class Samples {
    private Samples() {}

    static String position(int epoch, long lsn) {
        return "%08x-%016x-%08x".formatted(epoch, lsn, 0);
    }

    static Row row(String aggregate, long number) {
        return new Row(
                UUID.randomUUID(),
                new Row.Aggregate("account", aggregate),
                "AccountTouched",
                "{\"number\": " + number + "}",
                Map.of("eventversion", "2", "note", "a b"),
                true,
                number);
    }

    static StoredMessage message(Row row, String position) {
        Map<String, List<String>> headers = new HashMap<>();
        headers.put("Nats-Msg-Id", List.of(row.id().toString()));
        headers.put("Nats-Expected-Last-Sequence", List.of("7"));
        headers.put("Outbox-Position", List.of(position));
        headers.put("ce-specversion", List.of("1.0"));
        headers.put("ce-id", List.of(row.id().toString()));
        headers.put("ce-source", List.of("/accounts"));
        headers.put("ce-type", List.of(row.eventType()));
        headers.put("ce-subject", List.of(row.aggregate().id()));
        headers.put("ce-time", List.of("2026-11-24T12:00:00Z"));
        if (row.headers().containsKey("note")) {
            headers.put("ce-eventversion", List.of("2"));
            headers.put("note", List.of("a%20b"));
        }
        String subject = "outbox.accounts.account.AccountTouched.%02d"
                .formatted(Encoding.partition(row.aggregate().id(), 16));
        return new StoredMessage(1, subject, headers, bytes(row.payload()));
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
