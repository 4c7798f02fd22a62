package dev.aftercommit.relay.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The documented logins of NATS, from the documentation's own file. */
public final class NatsLogins {
    private static final Path FILE = Path.of("..", "docs", "reference", "nats-permissions.conf");

    private NatsLogins() {}

    /** Lines of a nats-server's configuration in which every login's password is its name. */
    public static String config() {
        try {
            return """
                    OPERATOR_PASSWORD: operator
                    RELAY_PASSWORD: relay
                    DIRECTORY_PASSWORD: directory
                    PAGE_PASSWORD: page
                    """ + Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
