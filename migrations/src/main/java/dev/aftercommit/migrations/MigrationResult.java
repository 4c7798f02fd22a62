package dev.aftercommit.migrations;

/**
 * What a migration did.
 *
 * @param schema {@code outbox} or {@code inbox}
 * @param version the version that the schema has now
 * @param applied how many versions ran; 0 when the schema was up to date
 */
public record MigrationResult(String schema, String version, int applied) {}
