package dev.aftercommit.demo.directory;

import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.demo.Databases;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.migrations.Migrations;
import javax.sql.DataSource;

/**
 * directory-service: a copy of the accounts in a database of its own, without passwords. It never talks to
 * account-service nor to its database; all it knows comes from the events.
 *
 * <p>Settings: {@code DIRECTORY_DATABASE_URL}, {@code _USER}, {@code _PASSWORD}; {@code DIRECTORY_OWNER_USER},
 * {@code _PASSWORD}, which makes the tables; {@code DIRECTORY_NATS_URL}; {@code DIRECTORY_HTTP_PORT} (8082).
 */
public final class DirectoryService implements AutoCloseable {
    /** Where it listens unless set otherwise. */
    public static final int DEFAULT_PORT = 8082;

    private static final String NAME = "directory";
    private static final String SOURCE = "accounts";

    private final HikariDataSource dataSource;
    private final OutboxConsumer consumer;
    private final DirectoryHttp http;

    private DirectoryService(HikariDataSource dataSource, OutboxConsumer consumer, DirectoryHttp http) {
        this.dataSource = dataSource;
        this.consumer = consumer;
        this.http = http;
    }

    /** Brings the tables up to date, listens, and begins to handle events. */
    public static DirectoryService start(Settings settings) {
        int port = settings.port("DIRECTORY_HTTP_PORT", DEFAULT_PORT);
        String nats = settings.required("DIRECTORY_NATS_URL");
        HikariDataSource dataSource = Databases.open(settings, "DIRECTORY");
        try {
            DataSource owner = Databases.owner(settings, "DIRECTORY");
            Databases.migrate(owner, "directory-service");
            Migrations.inbox(owner).migrate();
            DirectoryHttp http = DirectoryHttp.start(new Directory(dataSource), settings.host(), port);
            OutboxConsumer consumer = OutboxConsumer.builder()
                    .name(NAME)
                    .source(SOURCE)
                    .dataSource(dataSource)
                    .migrate(false)
                    .nats(nats)
                    .natsOptions(options -> options.inboxPrefix("_INBOX_directory"))
                    .handlers(new DirectoryHandlers())
                    .build();
            try {
                consumer.start();
            } catch (RuntimeException e) {
                http.close();
                throw e;
            }
            return new DirectoryService(dataSource, consumer, http);
        } catch (RuntimeException e) {
            dataSource.close();
            throw e;
        }
    }

    @Override
    public void close() {
        http.close();
        consumer.close();
        dataSource.close();
    }
}
