/**
 * The outbox and inbox schemas as Flyway SQL, and one class that runs them. The files lie below
 * {@code dev/aftercommit/migrations}, for those who would rather run them with another tool.
 */
@NullMarked
package dev.aftercommit.migrations;

import org.jspecify.annotations.NullMarked;
