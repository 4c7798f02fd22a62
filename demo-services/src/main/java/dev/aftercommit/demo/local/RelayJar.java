package dev.aftercommit.demo.local;

import dev.aftercommit.demo.ServerUnavailableException;
import dev.aftercommit.demo.Settings;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the relay's jar: where {@code DEMO_RELAY_JAR} says, beside the demo's own jar, or where the build puts it. */
final class RelayJar {
    private static final String NAME = "outbox-relay.jar";

    private RelayJar() {}

    static Path locate(Settings settings) {
        String set = settings.get("DEMO_RELAY_JAR", "");
        List<Path> places = set.isEmpty() ? places() : List.of(Path.of(set));
        return places.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new ServerUnavailableException(
                        "The relay's jar is not at " + places + ". Run make demo, which builds it, or set"
                                + " DEMO_RELAY_JAR.",
                        null));
    }

    private static List<Path> places() {
        try {
            Path own = Path.of(RelayJar.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return List.of(
                    own.resolveSibling(NAME),
                    own.resolve("../../../outbox-relay/target").normalize().resolve(NAME));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
