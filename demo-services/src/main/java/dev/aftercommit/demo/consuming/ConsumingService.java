package dev.aftercommit.demo.consuming;

import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.consumer.OutboxConsumerBuilder;
import dev.aftercommit.demo.Databases;
import dev.aftercommit.demo.HttpErrors;
import dev.aftercommit.demo.HttpServers;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.migrations.Migrations;
import io.javalin.Javalin;
import java.util.Locale;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * A service that is fed by the accounts' events: a database of its own, a consumer, and an HTTP interface. It never talks
 * to account-service nor to its database; all it knows comes from the events.
 *
 * <p>Settings, where {@code X} is the consumer's name in capitals: {@code X_DATABASE_URL}, {@code _USER}, {@code _PASSWORD};
 * {@code X_OWNER_USER}, {@code _PASSWORD}, which makes the tables; {@code X_NATS_URL}; {@code X_HTTP_PORT}.
 */
public final class ConsumingService implements AutoCloseable {
    private static final String SOURCE = "accounts";

    private final HikariDataSource dataSource;
    private final OutboxConsumer consumer;
    private final Javalin http;

    private ConsumingService(HikariDataSource dataSource, OutboxConsumer consumer, Javalin http) {
        this.dataSource = dataSource;
        this.consumer = consumer;
        this.http = http;
    }

    /**
     * Brings the tables up to date, listens, and begins to handle events.
     *
     * @param name the consumer's name; the tables' migrations are in the folder {@code <name>-service} of the class path
     * @param defaultPort where it listens unless set otherwise
     * @param making what it does with its database
     */
    public static ConsumingService start(
            Settings settings, String name, int defaultPort, Function<DataSource, ConsumingParts> making) {
        String prefix = name.toUpperCase(Locale.ROOT);
        String portSetting = prefix + "_HTTP_PORT";
        int port = settings.port(portSetting, defaultPort);
        String nats = settings.required(prefix + "_NATS_URL");
        HikariDataSource dataSource = Databases.open(settings, prefix);
        try {
            DataSource owner = Databases.owner(settings, prefix);
            Databases.migrate(owner, name + "-service");
            Migrations.inbox(owner).migrate();
            ConsumingParts parts = making.apply(dataSource);
            OutboxConsumerBuilder builder = OutboxConsumer.builder()
                    .name(name)
                    .source(SOURCE)
                    .dataSource(dataSource)
                    .migrate(false)
                    .nats(nats)
                    .natsOptions(options -> options.inboxPrefix("_INBOX_" + name))
                    .handlers(parts.handlers());
            parts.configure(builder);
            OutboxConsumer consumer = builder.build();
            ParkedRoutes parked = new ParkedRoutes(
                    new ParkedEvents(dataSource, name, SOURCE), consumer.deadLetters(), parts::discarded);
            Javalin http = HttpServers.start(settings.host(), port, portSetting, routes -> {
                routes.get("/livez", context -> context.result("ok\n"));
                HttpErrors.register(routes);
                parked.register(routes);
                parts.register(routes);
            });
            try {
                consumer.start();
            } catch (RuntimeException e) {
                http.stop();
                throw e;
            }
            return new ConsumingService(dataSource, consumer, http);
        } catch (RuntimeException e) {
            dataSource.close();
            throw e;
        }
    }

    @Override
    public void close() {
        http.stop();
        consumer.close();
        dataSource.close();
    }
}
