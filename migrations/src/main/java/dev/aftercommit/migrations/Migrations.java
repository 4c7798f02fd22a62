package dev.aftercommit.migrations;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * Brings one of Aftercommit's schemas in a PostgreSQL database (14 to 18) up to date. It keeps its own history, in the
 * table {@code schema_history} of that schema, and touches no other one: an application's own Flyway goes on
 * undisturbed, whatever it is set to. Immutable and safe for use by many threads.
 *
 * <pre>{@code
 * Migrations.outbox(dataSource).migrate();
 * }</pre>
 */
public final class Migrations {
    private static final String OUTBOX = "outbox";
    private static final String HISTORY_TABLE = "schema_history";

    private final Flyway flyway;
    private final String schema;

    private Migrations(DataSource dataSource, String schema) {
        this.schema = schema;
        this.flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(dataSource)
                .schemas(schema)
                .createSchemas(true)
                .table(HISTORY_TABLE)
                .locations("classpath:dev/aftercommit/migrations/" + schema)
                .failOnMissingLocations(true)
                .load();
    }

    /**
     * The schema {@code outbox} of a service that emits events, the publication {@code outbox} that the relay reads, and
     * the roles {@code outbox_writer} and {@code outbox_relay} for the logins of both.
     *
     * @param dataSource of a role that may create schemas and publications in its database (the privilege
     *     {@code CREATE} on it) and, unless somebody else does that, roles ({@code CREATEROLE}); two connections are
     *     taken while migrating
     */
    public static Migrations outbox(DataSource dataSource) {
        return new Migrations(dataSource, OUTBOX);
    }

    /**
     * The schema {@code inbox} of a service that handles events.
     *
     * @param dataSource of a role that may create schemas in its database (the privilege {@code CREATE} on it); two
     *     connections are taken while migrating
     */
    public static Migrations inbox(DataSource dataSource) {
        return new Migrations(dataSource, "inbox");
    }

    /**
     * Runs what has not run yet, each version in a transaction; nothing when the schema is up to date. Processes that
     * do this at the same time wait for each other. A schema that a newer release migrated is left as it is. The roles
     * get whatever they lack each time, since a dump that is restored on another server comes without them.
     *
     * @throws FlywayException when the database cannot be reached, refuses a statement, or holds a schema of that name
     *     that is not Aftercommit's; the failed version leaves nothing behind
     */
    public MigrationResult migrate() {
        int applied = flyway.migrate().migrationsExecuted;
        // Flyway tells the last version that this process has run; another may have run later ones meanwhile.
        MigrationInfo current = flyway.info().current();
        String version = current == null ? "" : String.valueOf(current.getVersion());
        return new MigrationResult(schema, version, applied, missingGrants());
    }

    private List<String> missingGrants() {
        if (!schema.equals(OUTBOX)) {
            return List.of();
        }
        try {
            return OutboxRoles.make(flyway.getConfiguration().getDataSource());
        } catch (SQLException e) {
            throw new FlywayException("The roles of the outbox cannot be looked at: " + e.getMessage(), e);
        }
    }
}
