package dev.aftercommit.migrations;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** An outbox as the first version made it, for tests of what comes after. */
final class FirstVersion {
    private FirstVersion() {}

    static void migrate(DataSource database) {
        Flyway.configure()
                .dataSource(database)
                .schemas("outbox")
                .table("schema_history")
                .locations("classpath:dev/aftercommit/migrations/outbox")
                .target("1")
                .load()
                .migrate();
    }
}
