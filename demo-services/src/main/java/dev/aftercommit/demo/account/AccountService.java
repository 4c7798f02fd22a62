package dev.aftercommit.demo.account;

import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.demo.Databases;
import dev.aftercommit.demo.HttpServers;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.migrations.Migrations;
import io.javalin.Javalin;
import javax.sql.DataSource;

/**
 * account-service: accounts in a database of its own, changed by REST, every change with an event in the same
 * transaction. It knows PostgreSQL only: neither the relay nor NATS has to be there.
 *
 * <p>Settings: {@code ACCOUNTS_DATABASE_URL}, {@code _USER}, {@code _PASSWORD}; {@code ACCOUNTS_OWNER_USER},
 * {@code _PASSWORD}, which makes the tables; {@code ACCOUNTS_HTTP_PORT} (8081);
 * {@code ACCOUNTS_PASSWORD_ITERATIONS} (600000).
 */
public final class AccountService implements AutoCloseable {
    /** Where it listens unless set otherwise. */
    public static final int DEFAULT_PORT = 8081;

    private final HikariDataSource dataSource;
    private final Javalin http;

    private AccountService(HikariDataSource dataSource, Javalin http) {
        this.dataSource = dataSource;
        this.http = http;
    }

    /** Brings the tables up to date and listens. */
    public static AccountService start(Settings settings) {
        int port = settings.port("ACCOUNTS_HTTP_PORT", DEFAULT_PORT);
        Passwords passwords =
                new Passwords(settings.number("ACCOUNTS_PASSWORD_ITERATIONS", Passwords.DEFAULT_ITERATIONS));
        HikariDataSource dataSource = Databases.open(settings, "ACCOUNTS");
        try {
            DataSource owner = Databases.owner(settings, "ACCOUNTS");
            Migrations.outbox(owner).migrate();
            Databases.migrate(owner, "account-service");
            AccountRoutes routes = new AccountRoutes(new Accounts(dataSource, passwords), passwords);
            Javalin http = HttpServers.start(settings.host(), port, "ACCOUNTS_HTTP_PORT", routes::register);
            return new AccountService(dataSource, http);
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
