package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Settings;
import java.net.URI;

/**
 * What the page watches.
 *
 * @param accounts account-service
 * @param relay the relay's HTTP port
 * @param directory directory-service
 * @param analytics analytics-service
 * @param nats the servers of NATS, comma separated
 */
public record Programs(URI accounts, URI relay, URI directory, URI analytics, String nats) {
    /** From {@code PAGE_ACCOUNTS_URL}, {@code _RELAY_URL}, {@code _DIRECTORY_URL}, {@code _ANALYTICS_URL}, {@code _NATS_URL}. */
    static Programs from(Settings settings) {
        return new Programs(
                settings.http("PAGE_ACCOUNTS_URL"),
                settings.http("PAGE_RELAY_URL"),
                settings.http("PAGE_DIRECTORY_URL"),
                settings.http("PAGE_ANALYTICS_URL"),
                settings.required("PAGE_NATS_URL"));
    }
}
