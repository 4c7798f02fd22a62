package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.migrations.MigrationResult;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.config.DatabaseConfig;
import java.util.concurrent.Callable;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = "Makes or updates the outbox schema in the source's database. May be run again at any time.")
final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = new SettingOptions();

    @Option(
            names = "--inbox",
            description =
                    "Make or update the inbox schema of a consumer instead; the database settings name its database.")
    private boolean inbox;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        DatabaseConfig database = settings.read().database();
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(database.url());
        dataSource.setUser(database.user());
        dataSource.setPassword(database.password());
        try {
            Migrations migrations = inbox ? Migrations.inbox(dataSource) : Migrations.outbox(dataSource);
            MigrationResult result = migrations.migrate();
            spec.commandLine().getOut().println(result);
            return ExitCode.DONE;
        } catch (FlywayException e) {
            throw failure(e);
        }
    }

    private static AftercommitException failure(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.sql.SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith("08")) {
                return new AftercommitException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "PostgreSQL cannot be reached: " + sql.getMessage() + ". Check OUTBOX_DATABASE_URL.",
                        e);
            }
        }
        return new AftercommitException(
                ErrorCode.DATABASE_UNSUITABLE, "The schema could not be made: " + e.getMessage(), e);
    }
}
