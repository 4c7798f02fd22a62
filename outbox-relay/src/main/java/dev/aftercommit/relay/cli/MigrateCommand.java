package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.migrations.MigrationResult;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.failure.DatabaseFailure;
import dev.aftercommit.relay.failure.Reason;
import java.io.PrintWriter;
import java.sql.SQLException;
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
        description =
                "Makes or updates the outbox schema in the source's database, and the roles outbox_writer and outbox_relay."
                        + " May be run again at any time.")
final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private final SettingOptions settings = SettingOptions.ofDatabase();

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
        DatabaseConfig database = settings.database();
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(database.url());
        dataSource.setUser(database.user());
        dataSource.setPassword(database.password());
        try {
            Migrations migrations = inbox ? Migrations.inbox(dataSource) : Migrations.outbox(dataSource);
            MigrationResult result = migrations.migrate();
            PrintWriter out = spec.commandLine().getOut();
            out.println(describe(result));
            if (!result.missingGrants().isEmpty()) {
                out.println("Role " + database.user()
                        + " may not make the roles outbox_writer and outbox_relay with all that"
                        + " they need. Let an administrator run this in the same database:");
                result.missingGrants().forEach(statement -> out.println("  " + statement + ";"));
            }
            return ExitCode.DONE;
        } catch (FlywayException e) {
            throw failure(database, e);
        }
    }

    private static String describe(MigrationResult result) {
        return "Schema " + result.schema()
                + (result.applied() == 0
                        ? " is up to date: version " + result.version()
                        : " is now at version " + result.version() + " (" + result.applied() + " applied)");
    }

    private static AftercommitException failure(DatabaseConfig database, FlywayException e) {
        Throwable reason = e;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                if (DatabaseFailure.isAboutTheServer(sql)) {
                    return DatabaseFailure.of(database.printable(), sql);
                }
                reason = sql;
            }
        }
        return new AftercommitException(
                ErrorCode.DATABASE_UNSUITABLE, "The schema could not be made: " + Reason.of(reason) + ".", e);
    }
}
