package dev.aftercommit.relay.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The documented logins of NATS, from the documentation's own file. */
public final class NatsLogins {
    private static final Path FILE = Path.of("..", "docs", "reference", "nats-permissions.conf");

    private NatsLogins() {}

    /** What the relay's login may publish and subscribe to, in the file's order. */
    public static List<String> relaysPermissions() {
        String config = config();
        return Pattern.compile("\"([^\"]+)\"")
                .matcher(config.substring(config.indexOf("RELAY = {"), config.indexOf("DIRECTORY = {")))
                .results()
                .map(quoted -> quoted.group(1))
                .toList();
    }

    /** As {@link #config()}, without one of the relay's permissions; an empty list would permit everything. */
    public static String configWithout(String permission) {
        String config = config();
        int relay = config.indexOf("RELAY = {");
        return config.substring(0, relay)
                + config.substring(relay).replaceFirst(Pattern.quote('"' + permission + '"'), "\"nothing\"");
    }

    /** Lines of a nats-server's configuration in which every login's password is its name. */
    public static String config() {
        try {
            return """
                    OPERATOR_PASSWORD: operator
                    RELAY_PASSWORD: relay
                    DIRECTORY_PASSWORD: directory
                    ANALYTICS_PASSWORD: analytics
                    NOTIFICATION_PASSWORD: notification
                    PAGE_PASSWORD: page
                    """ + Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
