package dev.aftercommit.relay.source;

import org.jspecify.annotations.Nullable;

/**
 * The stream as it was last seen.
 *
 * @param config its configuration as JSON
 * @param first its first sequence; null when that was never noted
 * @param holes how many messages were missing behind that one; null when that was never noted
 */
public record StreamNote(
        String config, @Nullable Long first, @Nullable Long holes) {}
