package dev.aftercommit.demo.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.consumer.TerminalException;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.demo.Databases;
import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.mail.MailGateway;
import dev.aftercommit.demo.notification.event.AccountCreated;
import dev.aftercommit.localservers.Ports;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.DatabaseSchema;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import dev.aftercommit.testkit.TestInbox;
import dev.aftercommit.testkit.TestRelay;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service's handlers and the mail gateway, each with tables of its own. */
@OutboxTest(schema = NotificationIT.Tables.class)
class NotificationIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Mail MAIL = new Mail("ada@example.com", "Welcome", "Hello.");

    private final URI gatewayAddress = URI.create("http://127.0.0.1:" + Ports.free());
    private final MailSender mails = new MailSender(gatewayAddress);

    private MailGateway gateway;

    @BeforeEach
    void startTheGateway(OutboxFixture fixture) {
        gateway = MailGateway.start(new Settings(Map.of(
                "MAIL_DATABASE_URL", fixture.jdbcUrl() + "?currentSchema=mail",
                "MAIL_DATABASE_USER", fixture.user(),
                "MAIL_DATABASE_PASSWORD", fixture.password(),
                "MAIL_OWNER_USER", fixture.user(),
                "MAIL_OWNER_PASSWORD", fixture.password(),
                "MAIL_HTTP_PORT", Integer.toString(gatewayAddress.getPort()))));
    }

    @AfterEach
    void stopTheGateway() {
        gateway.close();
    }

    @Test
    void aMailWhoseTransactionWasRolledBackIsAskedForAgainAndNotSentAgain(
            OutboxFixture fixture, TestRelay relay, TestInbox inbox) throws IOException {
        Set<UUID> failed = ConcurrentHashMap.newKeySet();
        try (OutboxConsumer consumer = OutboxConsumer.builder()
                .name("notification")
                .source(fixture.source())
                .dataSource(fixture.dataSource())
                .nats(fixture.natsUrl())
                .handlers(new NotificationHandlers(mails))
                .parallel(4)
                .interceptors(call -> failure -> {
                    if (failed.add(call.events().getFirst().eventId())) {
                        throw new IllegalStateException("failed once behind the mail, before the commit");
                    }
                })
                .build()) {
            EventEnvelope ada = relay.publish(new AccountCreated(1, "ada", "ada@example.com"));
            EventEnvelope alan = relay.publish(new AccountCreated(2, "alan", "alan@example.com"));
            consumer.start();
            inbox.awaitHandled(ada, alan);

            JsonNode sent = sent();
            assertThat(sent.path("emails").findValuesAsText("to"))
                    .containsExactlyInAnyOrder("ada@example.com", "alan@example.com");
            assertThat(sent.path("askedAgain").asInt()).isEqualTo(2);
            assertThat(Sql.query(fixture.dataSource(), "SELECT event_id FROM sent_mail"))
                    .containsExactlyInAnyOrder(
                            ada.eventId().toString(), alan.eventId().toString());
        }
    }

    @Test
    void aMailIsSentOnceForItsKeyAlsoWhenItsDomainIsSuppressedAfterwards() throws IOException {
        UUID key = UUID.randomUUID();
        UUID id = mails.send(key, MAIL);

        suppress("PUT", "example.com");

        assertThat(mails.send(key, MAIL)).isEqualTo(id);
        assertThat(sent().path("total").asInt()).isEqualTo(1);
        assertThatThrownBy(() -> mails.send(key, new Mail(MAIL.to(), "Another", "Hello.")))
                .as("the key of another mail")
                .isInstanceOf(TerminalException.class);
    }

    @Test
    void aSuppressedDomainIsRefusedForGoodUntilItIsLifted() throws IOException {
        Mail below = new Mail("ada@example.invalid", "Welcome", "Hello.");
        UUID key = UUID.randomUUID();
        assertThatThrownBy(() -> mails.send(key, below))
                .isInstanceOf(TerminalException.class)
                .hasMessageContaining("HTTP 422")
                .hasMessageNotContaining("ada");
        assertThat(mails.send(UUID.randomUUID(), new Mail("ada@notinvalid", "Welcome", "Hello.")))
                .as("no domain of .invalid")
                .isNotNull();

        suppress("DELETE", "invalid");

        assertThat(mails.send(key, below)).isNotNull();
    }

    @Test
    void aGatewayThatIsAwayIsTriedAgain() {
        stopTheGateway();

        assertThatThrownBy(() -> mails.send(UUID.randomUUID(), MAIL))
                .isInstanceOf(MailUnsentException.class)
                .isNotInstanceOf(TerminalException.class);
    }

    private JsonNode sent() throws IOException {
        return Json.MAPPER.readTree(Http.send("GET", gatewayAddress.resolve("/emails"), null, TIMEOUT)
                .body());
    }

    private void suppress(String method, String domain) throws IOException {
        assertThat(Http.send(method, gatewayAddress.resolve("/suppressions/" + domain), null, TIMEOUT)
                        .isSuccess())
                .isTrue();
    }

    /** The service's own tables, and an empty schema for the gateway's. */
    static final class Tables implements DatabaseSchema {
        @Override
        public void create(DataSource database) {
            Databases.migrate(database, "notification-service");
            Sql.execute(database, "CREATE SCHEMA mail");
        }
    }
}
