package dev.aftercommit.testkit;

import javax.sql.DataSource;

/**
 * The tables of a service, beside the schemas of Aftercommit: for example what its own Flyway migrations make. They are made
 * once in a database that all those of the tests are copies of, with whatever rows are in them.
 *
 * <pre>{@code
 * final class AccountSchema implements DatabaseSchema {
 *     public void create(DataSource database) {
 *         Flyway.configure().dataSource(database).load().migrate();
 *     }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface DatabaseSchema {
    /**
     * Makes the tables in a database that has the schemas {@code outbox} and {@code inbox}.
     *
     * @param database of a superuser; a new connection each time
     * @throws Exception when it cannot; the tests that need it fail with that
     */
    void create(DataSource database) throws Exception;
}
