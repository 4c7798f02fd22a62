package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Settings;

/**
 * Where the page listens and what it watches.
 *
 * @param host the interface to listen on
 * @param port the port to listen on
 * @param programs what it watches
 */
public record PageConfig(String host, int port, Programs programs) {
    /** The setting that chooses the page's port. */
    public static final String PORT_SETTING = "DEMO_PORT";

    /** The page's port unless set otherwise. */
    public static final int DEFAULT_PORT = 8080;

    /** The source whose events the page shows. */
    public static final String SOURCE = "accounts";

    /** From the page's settings, and those of {@link Programs#from}. */
    public static PageConfig from(Settings settings) {
        return new PageConfig(settings.host(), settings.port(PORT_SETTING, DEFAULT_PORT), Programs.from(settings));
    }
}
