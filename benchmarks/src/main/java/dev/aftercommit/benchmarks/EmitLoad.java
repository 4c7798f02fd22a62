package dev.aftercommit.benchmarks;

import dev.aftercommit.producer.Outbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;

/** A transaction that writes a row of the service's own, and what it does for an event. */
enum EmitLoad {
    WITHOUT_EVENT("and no event") {
        @Override
        void emit(Connection tx, int number) {}
    },
    PLAIN_TABLE("and an INSERT into a plain table") {
        @Override
        void emit(Connection tx, int number) throws SQLException {
            try (PreparedStatement insert = tx.prepareStatement("""
                    INSERT INTO plain_event (id, aggregate_type, aggregate_id, event_type, payload, headers)
                    VALUES (uuidv7(), ?, ?, ?, CAST(? AS json), CAST(? AS json))""")) {
                LoadEvent event = LoadEvent.of(0, number);
                insert.setString(1, "account");
                insert.setString(2, event.account());
                insert.setString(3, "AccountTouched");
                insert.setString(4, """
                        {"account":"%s","run":0,"number":%d,"text":"%s"}""".formatted(event.account(), number, event.text()));
                insert.setString(5, null);
                insert.executeUpdate();
            }
        }
    },
    EMIT("and Outbox.emit") {
        @Override
        void emit(Connection tx, int number) {
            Outbox.emit(tx, LoadEvent.of(0, number));
        }
    },
    EMIT_WITH_HEADER("and Outbox.emit with a traceparent") {
        @Override
        void emit(Connection tx, int number) {
            Outbox.emit(tx, LoadEvent.of(0, number), HEADERS);
        }
    };

    /** The service's own table, and what teams write who have no outbox framework. */
    static final String TABLES = """
            CREATE TABLE account (id uuid PRIMARY KEY, username text NOT NULL, email text NOT NULL);
            CREATE TABLE plain_event (
                id             uuid        PRIMARY KEY,
                aggregate_type text        NOT NULL,
                aggregate_id   text        NOT NULL,
                event_type     text        NOT NULL,
                payload        json        NOT NULL,
                headers        json,
                created_at     timestamptz NOT NULL DEFAULT now())""";

    private static final Map<String, String> HEADERS =
            Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    private final String title;

    EmitLoad(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Everything but the commit. */
    void write(Connection tx, int number) throws SQLException {
        try (PreparedStatement insert = tx.prepareStatement("INSERT INTO account VALUES (uuidv7(), ?, ?)")) {
            insert.setString(1, "user-" + number);
            insert.setString(2, "user-" + number + "@example.org");
            insert.executeUpdate();
        }
        emit(tx, number);
    }

    abstract void emit(Connection tx, int number) throws SQLException;
}
