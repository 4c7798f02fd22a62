package dev.aftercommit.relay.source;

import org.jspecify.annotations.Nullable;

/**
 * The database as it is now.
 *
 * @param systemIdentifier of its cluster
 * @param name of the database
 * @param endLsn the end of its WAL
 * @param publication null when there is none
 * @param slot null when there is none
 */
public record DatabaseState(
        String systemIdentifier,
        String name,
        long endLsn,
        @Nullable PublicationState publication,
        @Nullable SlotState slot) {}
