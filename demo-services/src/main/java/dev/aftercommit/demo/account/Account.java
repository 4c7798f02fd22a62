package dev.aftercommit.demo.account;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account as others may see it: without its password.
 *
 * @param userId assigned by the database
 * @param username unique
 * @param email unique
 * @param createdOn by the database's clock
 * @param lastLogin null before the first log-in
 */
public record Account(
        long userId,
        String username,
        String email,
        Instant createdOn,
        @Nullable Instant lastLogin) {}
