package dev.aftercommit.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/** The database of a service: its connection pool and its own tables. */
public final class Databases {
    /** How many connections a service has at most. */
    public static final int POOL_SIZE = 16;

    private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;

    private Databases() {}

    /**
     * Opens the pool that {@code <prefix>_DATABASE_URL}, {@code _USER} and {@code _PASSWORD} describe.
     *
     * @throws UsageException when a setting is missing
     * @throws ServerUnavailableException when the database does not answer
     */
    public static HikariDataSource open(Settings settings, String prefix) {
        String url = settings.required(prefix + "_DATABASE_URL");
        HikariConfig config = new HikariConfig();
        config.setPoolName(prefix.toLowerCase(Locale.ROOT));
        config.setJdbcUrl(url);
        config.setUsername(settings.required(prefix + "_DATABASE_USER"));
        config.setPassword(settings.required(prefix + "_DATABASE_PASSWORD"));
        config.setMaximumPoolSize(POOL_SIZE);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new ServerUnavailableException(
                    "The database " + url + " cannot be reached: " + e.getMessage() + ". Start it, or correct " + prefix
                            + "_DATABASE_URL, _USER and _PASSWORD.",
                    e);
        }
    }

    /**
     * The same database by the login that makes and owns the tables, {@code <prefix>_OWNER_USER} and
     * {@code _OWNER_PASSWORD}: what a service does from then on, it does without those privileges.
     *
     * @throws UsageException when a setting is missing
     */
    public static DataSource owner(Settings settings, String prefix) {
        PGSimpleDataSource owner = new PGSimpleDataSource();
        owner.setUrl(settings.required(prefix + "_DATABASE_URL"));
        owner.setUser(settings.required(prefix + "_OWNER_USER"));
        owner.setPassword(settings.required(prefix + "_OWNER_PASSWORD"));
        return owner;
    }

    /** Brings a service's own tables up to date; the migrations are in its folder of the class path. */
    public static void migrate(DataSource owner, String service) {
        Flyway.configure()
                .dataSource(owner)
                .locations("classpath:" + service)
                .load()
                .migrate();
    }
}
