package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Settings;
import java.net.URI;

/**
 * Where the page listens and what it watches.
 *
 * @param host the interface to listen on
 * @param port the port to listen on
 * @param accounts account-service
 * @param directory directory-service
 * @param relay the relay's HTTP port
 * @param nats the servers of NATS, comma separated
 */
public record PageConfig(String host, int port, URI accounts, URI directory, URI relay, String nats) {
    /** The setting that chooses the page's port. */
    public static final String PORT_SETTING = "DEMO_PORT";

    /** The page's port unless set otherwise. */
    public static final int DEFAULT_PORT = 8080;

    /** The source whose events the page shows. */
    public static final String SOURCE = "accounts";

    /** From {@code PAGE_ACCOUNTS_URL}, {@code PAGE_DIRECTORY_URL}, {@code PAGE_RELAY_URL} and {@code PAGE_NATS_URL}. */
    public static PageConfig from(Settings settings) {
        return new PageConfig(
                settings.host(),
                settings.port(PORT_SETTING, DEFAULT_PORT),
                settings.http("PAGE_ACCOUNTS_URL"),
                settings.http("PAGE_DIRECTORY_URL"),
                settings.http("PAGE_RELAY_URL"),
                settings.required("PAGE_NATS_URL"));
    }
}
