package dev.aftercommit.demo.local;

import dev.aftercommit.demo.DemoMain;
import dev.aftercommit.demo.page.PageConfig;
import dev.aftercommit.localservers.Ports;
import dev.aftercommit.localservers.PostgresServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes the programs, each to be a process on a free port of this machine, with a log of its own. None runs yet. */
final class Processes {
    private static final String HOST = "http://127.0.0.1:";
    /** They live for minutes, side by side on a few cores: what the second compiler takes never comes back. */
    private static final String[] JVM_ARGS = {
        "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"
    };

    private final Servers servers;
    private final Path folder;

    Processes(Servers servers, Path folder) {
        this.servers = servers;
        this.folder = folder;
    }

    Program accountService(Map<String, String> more) {
        return service(
                "account-service",
                "ACCOUNTS",
                List.of(
                        database("ACCOUNTS", servers.accounts(), Servers.ACCOUNTS, "account-service", "accounts-owner"),
                        more));
    }

    /** Its consumer, its login of NATS and its database are of this name. */
    Program consumingService(String name, Map<String, String> more) {
        String prefix = name.toUpperCase(Locale.ROOT);
        return service(
                name + "-service",
                prefix,
                List.of(
                        database(prefix, servers.consumers(), name, name + "-service", name + "-owner"),
                        Map.of(prefix + "_NATS_URL", servers.natsUrl(name)),
                        more));
    }

    Program mailGateway() {
        return service(
                "mail-gateway",
                "MAIL",
                List.of(database("MAIL", servers.consumers(), Servers.MAIL, "mail-gateway", "mail-owner")));
    }

    Program relay(Path jar) {
        int port = Ports.free();
        return new Program(
                "relay",
                URI.create(HOST + port),
                "/readyz",
                log("relay"),
                process -> process.jar(jar)
                        .args("run")
                        .jvmArgs(JVM_ARGS)
                        .environment(Map.of(
                                "OUTBOX_DATABASE_URL", servers.accounts().jdbcUrl(Servers.ACCOUNTS),
                                "OUTBOX_DATABASE_USER", Servers.role("relay"),
                                "OUTBOX_DATABASE_PASSWORD", Servers.password("relay"),
                                "OUTBOX_SOURCE", PageConfig.SOURCE,
                                "OUTBOX_NATS_URL", servers.nats().url(),
                                "OUTBOX_NATS_USER", "relay",
                                "OUTBOX_NATS_PASSWORD", Servers.password("relay"),
                                "OUTBOX_HTTP_PORT", Integer.toString(port))));
    }

    private Program service(String name, String prefix, List<Map<String, String>> settings) {
        int port = Ports.free();
        return new Program(name, URI.create(HOST + port), "/livez", log(name), process -> {
            settings.forEach(process::environment);
            return process.mainClass(DemoMain.class.getName())
                    .args(name)
                    .jvmArgs(JVM_ARGS)
                    .environment(Map.of(prefix + "_HTTP_PORT", Integer.toString(port)));
        });
    }

    private static Map<String, String> database(
            String prefix, PostgresServer postgres, String name, String login, String owner) {
        return Map.of(
                prefix + "_DATABASE_URL", postgres.jdbcUrl(name),
                prefix + "_DATABASE_USER", Servers.role(login),
                prefix + "_DATABASE_PASSWORD", Servers.password(login),
                prefix + "_OWNER_USER", Servers.role(owner),
                prefix + "_OWNER_PASSWORD", Servers.password(owner));
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }
}
