package dev.aftercommit.migrations;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static dev.aftercommit.migrations.Databases.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.localservers.PostgresServer;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a service in another language meets: the table itself, on the oldest and the newest PostgreSQL. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 18})
class OutboxTableIT {
    private static final String ID = "id must be a UUIDv7";
    private static final String AGGREGATE_TYPE = "aggregate_type must be 1 to 255 of A-Z a-z 0-9 _ -";
    private static final String AGGREGATE_ID = "aggregate_id must be 1 to 255 bytes";
    private static final String EVENT_TYPE = "event_type must be 1 to 255 bytes and not blank";
    private static final String PAYLOAD = "payload must be at most 983040 bytes";
    private static final String HEADERS_SIZE = "headers must be at most 16384 bytes";
    private static final String HEADERS = "headers must be an object of strings, each name once";
    private static final String HEADER_NAMES = "header names: printable ASCII, not Nats-* ce-* Outbox-*";
    private static final String EVENT_VERSION = "headers.eventversion must be 1 to 999999999 in quotes";
    private static final String BASE64 = "payload must be base64 in quotes for that datacontenttype";

    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static PostgresServer server;
    private static DataSource database;

    @Parameter
    int major;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.builder().majorVersion(major).start();
        database = fresh(server);
        Migrations.outbox(database).migrate();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @Test
    void aCommittedRowLandsInTheDefaultPartition() throws SQLException {
        Row row = new Row();
        row.insert();

        assertThat(query(database, """
                        SELECT tableoid::regclass, payload, headers IS NULL, created_at <= clock_timestamp(),
                            tx_id < pg_current_xact_id()
                        FROM outbox.event WHERE id = '%s'""".formatted(row.id))).containsExactly("outbox.event_default|{\"a\" : 1}|t|t|t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000000",
                "8c4f1d0e-94d7-4c1a-9c0e-1f1f1f1f1f1f",
                "01890a5d-ac96-774b-0cce-b302099a8057",
                "01890a5d-ac96-874b-bcce-b302099a8057"
            })
    void anIdOfAnotherVersionIsRefused(String id) {
        Row row = new Row();
        row.id = id;
        row.isRefusedBy(ID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "a b", "é", "account\n", "*", ">"})
    void anAggregateTypeThatIsNoPlainTokenIsRefused(String aggregateType) {
        Row row = new Row();
        row.aggregateType = aggregateType;
        row.isRefusedBy(AGGREGATE_TYPE);
    }

    @Test
    void textsAreLimitedInBytes() {
        Row row = new Row();
        row.aggregateType = "a".repeat(255);
        row.aggregateId = "é".repeat(127);
        row.eventType = "é".repeat(127);
        row.isAccepted();

        row.aggregateType = "a".repeat(256);
        row.isRefusedBy(AGGREGATE_TYPE);
        row.aggregateType = "account";
        row.aggregateId = "é".repeat(128);
        row.isRefusedBy(AGGREGATE_ID);
        row.aggregateId = "";
        row.isRefusedBy(AGGREGATE_ID);
        row.aggregateId = "1";
        row.eventType = "é".repeat(128);
        row.isRefusedBy(EVENT_TYPE);
        row.eventType = "";
        row.isRefusedBy(EVENT_TYPE);
        row.eventType = " \t\n";
        row.isRefusedBy(EVENT_TYPE);
    }

    @Test
    void aPayloadThatNoStreamTakesIsRefused() {
        Row row = new Row();
        row.payload = '"' + "é".repeat(491_519) + '"';
        row.isAccepted();
        row.payload = '"' + "é".repeat(491_519) + "x\"";
        row.isRefusedBy(PAYLOAD);
    }

    @Test
    void aPayloadStaysVerbatim() throws SQLException {
        Row row = new Row();
        row.payload = "{\"b\":1.50,  \"a\":\"\\u0000\\/\",\"b\":2}";
        row.insert();

        assertThat(query(database, "SELECT payload FROM outbox.event WHERE id = '" + row.id + "'"))
                .containsExactly(row.payload);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "\"text\"",
                "7",
                "[{\"a\":\"b\"}]",
                "{\"a\":1}",
                "{\"a\":null}",
                "{\"a\":\"b\",\"c\":{}}",
                "{\"a\":\"b\",\"a\":\"c\"}"
            })
    void headersThatAreNoMapOfStringsAreRefused(String headers) {
        Row row = new Row();
        row.headers = headers;
        row.isRefusedBy(HEADERS, HEADER_NAMES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a:b",
                "a\\nb",
                "é",
                "a\\u007fb",
                "Nats-Msg-Id",
                "NATS-x",
                "ce-id",
                "CE-x",
                "Outbox-Position",
                "oUtBoX-"
            })
    void aHeaderNameThatIsReservedOrUnprintableIsRefused(String name) {
        Row row = new Row();
        row.headers = "{\"fine\":\"x\",\"" + name + "\":\"x\"}";
        row.isRefusedBy(HEADER_NAMES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"traceparent\":\"00-1-2-01\",\"X!~#\":\"\",\"a\":\"é\\n\",\"A\":\"\"}",
                "{\"nats\":\"x\",\"ceid\":\"x\",\"outbox\":\"x\",\"x-ce-id\":\"x\"}",
                "{\"eventversion\":\"1\"}",
                "{\"eventversion\":\"999999999\"}",
                "{\"datacontenttype\":\"application/json\"}"
            })
    void otherHeadersAreAccepted(String headers) {
        Row row = new Row();
        row.headers = headers;
        row.isAccepted();
    }

    @Test
    void headersAreLimitedInBytes() {
        Row row = new Row();
        row.headers = "{\"a\":\"" + "é".repeat(8_188) + "\"}";
        row.isAccepted();
        row.headers = "{\"a\":\"" + "é".repeat(8_189) + "\"}";
        row.isRefusedBy(HEADERS_SIZE);
    }

    @Test
    void aHeaderWithANulCharacterIsRefused() {
        Row row = new Row();
        row.headers = "{\"a\":\"\\u0000\"}";
        assertThatThrownBy(row::insert).hasMessageContaining("\\u0000 cannot be converted to text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "01", "1.0", "one", "1000000000", " 1"})
    void anEventVersionThatIsNoPositiveIntegerIsRefused(String version) {
        Row row = new Row();
        row.headers = "{\"eventversion\":\"" + version + "\"}";
        row.isRefusedBy(EVENT_VERSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "7", "\"A\"", "\"AAA\"", "\"AA=A\"", "\"AA==\\n\"", "\"====\"", "\"A-_A\"", "\"ä\""})
    void aPayloadOfAnotherContentTypeMustBeBase64(String payload) {
        Row row = new Row();
        row.headers = "{\"datacontenttype\":\"image/png\"}";
        row.payload = payload;
        row.isRefusedBy(BASE64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"AA==\"", "\"AAA=\"", "\"AAAA\"", "\"ab+/\"", "\"ab+\\/\""})
    void aPayloadOfAnotherContentTypeMayBeAnyBase64(String payload) {
        Row row = new Row();
        row.headers = "{\"datacontenttype\":\"image/png\"}";
        row.payload = payload;
        row.isAccepted();
    }

    @Test
    void anEmptyContentTypeIsRefused() {
        Row row = new Row();
        row.headers = "{\"datacontenttype\":\"\"}";
        row.isRefusedBy(BASE64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE outbox.event SET payload = '{}'",
                "DELETE FROM outbox.event",
                "TRUNCATE outbox.event",
                "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)"
                        + " VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'a', '1', 'X', '{}')"
                        + " ON CONFLICT (id) DO UPDATE SET payload = '{}'"
            })
    void rowsNeverChange(String sql) {
        assertThatThrownBy(() -> execute(database, sql))
                .hasMessageContaining("outbox.event is append-only")
                .hasMessageContaining("drop partitions");
    }

    @Test
    void partitionsMayBeAddedAndDropped() {
        DataSource own = fresh(server);
        Migrations.outbox(own).migrate();
        execute(own, """
                CREATE TABLE outbox.event_old PARTITION OF outbox.event
                    FOR VALUES FROM ('01890000-0000-0000-0000-000000000000') TO ('01900000-0000-0000-0000-000000000000');
                INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
                VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'account', '1', 'X', '{}')""");
        assertThat(query(own, "SELECT tableoid::regclass FROM outbox.event")).containsExactly("outbox.event_old");
        assertThatThrownBy(() -> execute(own, """
                        INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
                        VALUES ('01890a5d-ac96-774b-bcce-b302099a8058', 'account', '', 'X', '{}')""")).hasMessageContaining(AGGREGATE_ID);

        execute(own, "ALTER TABLE outbox.event DETACH PARTITION outbox.event_old");
        execute(own, "DROP TABLE outbox.event_old");
        execute(own, "TRUNCATE outbox.event_default");
        assertThat(query(own, "SELECT count(*) FROM outbox.event")).containsExactly("0");
    }

    @Test
    void aRefusalNamesTheCheckToProgramsTooAndLeavesThePayloadOut() {
        Row row = new Row();
        row.aggregateType = "a b";
        row.payload = "\"secret\"";
        row.headers = "{\"a\":\"secret\"}";
        assertThatThrownBy(row::insert).isInstanceOfSatisfying(PSQLException.class, e -> {
            assertThat(e.getServerErrorMessage())
                    .extracting(
                            ServerErrorMessage::getSchema,
                            ServerErrorMessage::getTable,
                            ServerErrorMessage::getConstraint,
                            ServerErrorMessage::getDetail)
                    .containsExactly("outbox", "event", AGGREGATE_TYPE, "Failing row has id " + row.id + ".");
            assertThat(e.getMessage()).doesNotContain("secret");
        });
    }

    @Test
    void ofSeveralChecksTheFirstByNameRefuses() {
        Row row = new Row();
        row.id = "00000000-0000-0000-0000-000000000000";
        row.headers = "{\"eventversion\":\"0\"}";
        row.isRefusedBy(EVENT_VERSION);
        row.headers = "{\"eventversion\":0}";
        row.isRefusedBy(HEADERS);
        row.eventType = "";
        row.isRefusedBy(EVENT_TYPE);
        row.aggregateId = "";
        row.isRefusedBy(AGGREGATE_ID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "aggregate_type", "aggregate_id", "event_type", "payload"})
    void aColumnThatIsNullIsRefusedAsNull(String column) {
        assertThatThrownBy(() -> execute(database, """
                        INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
                        SELECT id, aggregate_type, aggregate_id, event_type, payload FROM json_populate_record(
                            NULL::outbox.event,
                            ('{"id":"%s","aggregate_type":"a b","aggregate_id":"1","event_type":"X","payload":{}}'::jsonb
                                - '%s')::json)""".formatted(new Row().id, column)))
                .hasMessageContaining("null value in column \"" + column + '"')
                .hasMessageContaining("violates not-null constraint");
    }

    @Test
    void everyRowOfACopyIsChecked() throws Exception {
        String fine = new Row().id + "\taccount\t1\tX\t{}\n";
        String refused = new Row().id + "\taccount\t\tX\t{}\n";
        String copy = "COPY outbox.event (id, aggregate_type, aggregate_id, event_type, payload) FROM STDIN";
        try (Connection connection = database.getConnection()) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            assertThatThrownBy(() -> copies.copyIn(copy, new StringReader(fine + refused)))
                    .hasMessageContaining(AGGREGATE_ID);
            assertThat(copies.copyIn(copy, new StringReader(fine))).isEqualTo(1);
        }
    }

    /** Operators are looked up in the search path, and what it holds first may be anybody's. */
    @Test
    void theCallersSearchPathDoesNotWeakenTheChecks() {
        DataSource own = fresh(server);
        Migrations.outbox(own).migrate();
        execute(own, """
                CREATE SCHEMA lenient;
                CREATE FUNCTION lenient.yes(text, text) RETURNS boolean LANGUAGE sql RETURN true;
                CREATE FUNCTION lenient.no(text, text) RETURNS boolean LANGUAGE sql RETURN false;
                CREATE OPERATOR lenient.~ (FUNCTION = lenient.yes, LEFTARG = text, RIGHTARG = text);
                CREATE OPERATOR lenient.!~ (FUNCTION = lenient.no, LEFTARG = text, RIGHTARG = text)""");
        assertThatThrownBy(() -> execute(own, """
                        SET search_path = lenient, pg_catalog;
                        INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
                        VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'a b', '1', 'X', '{}')""")).hasMessageContaining(AGGREGATE_TYPE);
    }

    /** A view takes its owner's privileges to the table, but functions run as whoever inserts. */
    @Test
    void aRoleMayEmitThroughAViewWithoutAnyPrivilegeOfItsOwnInTheOutbox() {
        DataSource own = fresh(server);
        Migrations.outbox(own).migrate();
        execute(own, """
                CREATE VIEW emit AS
                    SELECT id, aggregate_type, aggregate_id, event_type, payload, headers FROM outbox.event;
                CREATE ROLE viewer;
                GRANT INSERT ON emit TO viewer;
                SET ROLE viewer;
                INSERT INTO emit VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'account', '1', 'X', '{}', NULL),
                    ('01890a5d-ac96-774b-bcce-b302099a8058', 'account', '1', 'X', '"AAAA"', '{"datacontenttype":"image/png"}')""");
        assertThat(query(own, "SELECT count(*) FROM outbox.event")).containsExactly("2");
    }

    /** A row that is accepted until a test spoils it. */
    private static final class Row {
        String id = "01890a5d-ac96-774b-bcce-%012x".formatted(COUNTER.incrementAndGet());
        String aggregateType = "account";
        String aggregateId = "7";
        String eventType = "AccountCreated";
        String payload = "{\"a\" : 1}";
        String headers;

        void insert() throws SQLException {
            try (Connection connection = database.getConnection();
                    PreparedStatement insert = connection.prepareStatement("""
                            INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers)
                            VALUES (?::uuid, ?, ?, ?, ?::json, ?::json)""")) {
                insert.setString(1, id);
                insert.setString(2, aggregateType);
                insert.setString(3, aggregateId);
                insert.setString(4, eventType);
                insert.setString(5, payload);
                insert.setString(6, headers);
                insert.executeUpdate();
            }
        }

        void isAccepted() {
            assertThatCode(this::insert).doesNotThrowAnyException();
            id = new Row().id;
        }

        void isRefusedBy(String... checks) {
            assertThatThrownBy(this::insert)
                    .isInstanceOf(SQLException.class)
                    .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("23514"))
                    .satisfies(e -> assertThat(checks)
                            .anySatisfy(check ->
                                    assertThat(e.getMessage()).contains("violates check constraint \"" + check + '"')));
        }
    }
}
