package dev.aftercommit.demo.mail;

import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.demo.Databases;
import dev.aftercommit.demo.HttpServers;
import dev.aftercommit.demo.Settings;
import io.javalin.Javalin;

/**
 * mail-gateway: the outside world of this demo, a provider of mail with a store of its own. Mails leave it as little as
 * the accounts are people.
 *
 * <p>Settings: {@code MAIL_DATABASE_URL}, {@code _USER}, {@code _PASSWORD}; {@code MAIL_OWNER_USER}, {@code _PASSWORD},
 * which makes the tables; {@code MAIL_HTTP_PORT} (8085).
 */
public final class MailGateway implements AutoCloseable {
    /** Where it listens unless set otherwise. */
    public static final int DEFAULT_PORT = 8085;

    private final HikariDataSource dataSource;
    private final Javalin http;

    private MailGateway(HikariDataSource dataSource, Javalin http) {
        this.dataSource = dataSource;
        this.http = http;
    }

    /** Brings the tables up to date and listens. */
    public static MailGateway start(Settings settings) {
        int port = settings.port("MAIL_HTTP_PORT", DEFAULT_PORT);
        HikariDataSource dataSource = Databases.open(settings, "MAIL");
        try {
            Databases.migrate(Databases.owner(settings, "MAIL"), "mail-gateway");
            MailRoutes routes = new MailRoutes(new SentMails(dataSource));
            return new MailGateway(
                    dataSource, HttpServers.start(settings.host(), port, "MAIL_HTTP_PORT", routes::register));
        } catch (RuntimeException e) {
            dataSource.close();
            throw e;
        }
    }

    @Override
    public void close() {
        http.stop();
        dataSource.close();
    }
}
