package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** With the documented privileges and permissions of a consumer a consumer works, and each of them is needed. */
@OutboxTest(schema = Effects.Table.class)
class LeastPrivilegeIT {
    private static final Path DOCUMENTED = Path.of("..", "docs", "reference");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Effects effects;
    private PGSimpleDataSource login;

    @BeforeEach
    void makeTheLogin(OutboxFixture fixture) {
        effects = new Effects(fixture.jdbcUrl());
        effects.execute("CREATE ROLE directory_service LOGIN PASSWORD 'directory'");
        effects.execute("GRANT INSERT, SELECT ON effect TO directory_service");
        effects.execute(documented("permissions.md")
                .lines()
                .filter(line -> line.startsWith("GRANT ") && line.contains("inbox"))
                .reduce("", String::concat));
        login = new PGSimpleDataSource();
        login.setUrl(fixture.jdbcUrl());
        login.setUser("directory_service");
        login.setPassword("directory");
    }

    @AfterEach
    void forgetTheLogin() {
        effects.execute("DROP OWNED BY directory_service; DROP ROLE directory_service");
        effects.close();
    }

    @Test
    void aConsumerWithThemHandlesEventsAndGoesOnAfterItWasStopped() {
        try (NatsServer nats = server(documented("nats-permissions.conf"));
                AccountRelay relay = AccountRelay.start(url(nats, "operator"), "accounts")) {
            try (OutboxConsumer consumer = consumer(nats, new RecordingHandlers())) {
                consumer.start();
                publish(relay, 600);
                effects.awaitCount(600);
            }
            publish(relay, 100);
            try (OutboxConsumer consumer = consumer(nats, new RecordingHandlers(), new Closing())) {
                consumer.start();
                effects.awaitCount(700);
            }
            effects.assertEachOnceInOrder(700);
            assertThat(read(nats.log())).doesNotContain("Violation");
        }
    }

    /** The second start compares the checkpoint with the stream, and asks for more types of events. */
    @Test
    void eachPermissionOfNatsIsNeeded() {
        String config = documented("nats-permissions.conf");
        List<String> permissions = permissions(config, "DIRECTORY");
        assertThat(permissions).hasSize(7);
        for (String permission : permissions) {
            try (NatsServer nats = server(without(permission, "DIRECTORY", config));
                    AccountRelay relay = AccountRelay.start(url(nats, "operator"), "accounts")) {
                for (Object[] handlers : List.of(
                        new Object[] {new RecordingHandlers()},
                        new Object[] {new RecordingHandlers(), new Closing()})) {
                    effects.execute("TRUNCATE effect");
                    publish(relay, 2);
                    try (OutboxConsumer consumer = consumer(nats, handlers)) {
                        consumer.start();
                        await(permission)
                                .atMost(PATIENCE)
                                .until(() ->
                                        effects.count() == 2 || read(nats.log()).contains("Violation"));
                    }
                }
                await(permission).atMost(PATIENCE).until(() -> read(nats.log()).contains("Violation"));
            }
            effects.execute("TRUNCATE inbox.checkpoint");
        }
    }

    @Test
    void aParallelConsumerWorksWithItsPermissionsAndNeedsThoseThatAnOrderedOneHasNot() {
        String config = documented("nats-permissions.conf");
        try (NatsServer nats = server(config);
                AccountRelay relay = AccountRelay.start(url(nats, "operator"), "accounts");
                OutboxConsumer consumer = parallel(nats)) {
            publish(relay, 100);
            consumer.start();
            effects.awaitCount(100);
            await().until(() -> consumer.status().lag().equals(Lag.NONE));
            consumer.reset(StartAt.beginning());
            effects.awaitCount(200);
            assertThat(read(nats.log())).doesNotContain("Violation");
        }
        List<String> own = new ArrayList<>(permissions(config, "NOTIFICATION"));
        own.removeAll(permissions(config, "DIRECTORY"));
        assertThat(own).containsAll(documentedForParallel());
        for (String permission : own) {
            effects.execute("TRUNCATE inbox.checkpoint, inbox.processed_event");
            try (NatsServer nats = server(without(permission, "NOTIFICATION", config));
                    AccountRelay relay = AccountRelay.start(url(nats, "operator"), "accounts");
                    OutboxConsumer consumer = parallel(nats)) {
                publish(relay, 1);
                consumer.start();
                await(permission).atMost(PATIENCE).until(() -> read(nats.log()).contains("Violation"));
            }
        }
    }

    private OutboxConsumer parallel(NatsServer nats) {
        return builder("notification", nats, new RecordingHandlers())
                .parallel(4)
                .build();
    }

    /** What the page says that a consumer needs besides, where it handles in parallel. */
    private static List<String> documentedForParallel() {
        List<String> more = documented("permissions.md")
                .lines()
                .filter(line -> line.startsWith("\"$JS."))
                .map(line -> line.replace("\"", ""))
                .toList();
        assertThat(more).hasSize(2);
        return more;
    }

    /** What a login may publish and subscribe to, in the file's order. */
    private static List<String> permissions(String config, String login) {
        int from = config.indexOf(login + " = {");
        return Pattern.compile("\"([^\"]+)\"")
                .matcher(config.substring(from, config.indexOf("\n  }\n", from)))
                .results()
                .map(quoted -> quoted.group(1))
                .toList();
    }

    /** An empty list would permit everything. */
    private static String without(String permission, String login, String config) {
        int from = config.indexOf(login + " = {");
        return config.substring(0, from)
                + config.substring(from).replaceFirst(Pattern.quote('"' + permission + '"'), "\"nothing\"");
    }

    /** One more type of event: JetStream is asked in another way for several than for one. */
    static final class Closing {
        @Handles(AccountClosed.class)
        void on(AccountClosed event) {}
    }

    private OutboxConsumer consumer(NatsServer nats, Object... handlers) {
        return builder("directory", nats, handlers).build();
    }

    private OutboxConsumerBuilder builder(String name, NatsServer nats, Object... handlers) {
        return OutboxConsumer.builder()
                .name(name)
                .source("accounts")
                .dataSource(login)
                .migrate(false)
                .nats(url(nats, name))
                .natsOptions(options -> options.inboxPrefix("_INBOX_" + name))
                .handlers(handlers);
    }

    private static void publish(AccountRelay relay, int events) {
        relay.publishBurst(events, AccountRelay.accounts(40));
    }

    /** Every login's password is its name. */
    private static NatsServer server(String logins) {
        return NatsServer.builder().config("""
                        OPERATOR_PASSWORD: operator
                        RELAY_PASSWORD: relay
                        DIRECTORY_PASSWORD: directory
                        ANALYTICS_PASSWORD: analytics
                        NOTIFICATION_PASSWORD: notification
                        PAGE_PASSWORD: page
                        """ + logins).start();
    }

    private static String url(NatsServer nats, String login) {
        return nats.url().replace("://", "://" + login + ":" + login + "@");
    }

    private static String documented(String file) {
        return read(DOCUMENTED.resolve(file));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
