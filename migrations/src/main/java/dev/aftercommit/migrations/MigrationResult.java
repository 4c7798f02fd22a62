package dev.aftercommit.migrations;

import java.util.List;

/**
 * What a migration did.
 *
 * @param schema {@code outbox} or {@code inbox}
 * @param version the version that the schema has now
 * @param applied how many versions ran; 0 when the schema was up to date
 * @param missingGrants the SQL statements that give the roles {@code outbox_writer} and {@code outbox_relay} what they
 *     lack because the migrating role may not do it: for an administrator to run in this database; empty for
 *     {@code inbox}, which has no roles
 */
public record MigrationResult(String schema, String version, int applied, List<String> missingGrants) {
    public MigrationResult {
        missingGrants = List.copyOf(missingGrants);
    }
}
