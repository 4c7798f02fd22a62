package dev.aftercommit.relay.config;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Subject;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Puts settings together: a flag wins over the environment, the environment over the properties file. Says everything
 * that is wrong at once, and never prints a value that may be secret.
 */
public final class SettingsReader {
    /** Names the properties file. */
    public static final String CONFIG_VARIABLE = "OUTBOX_CONFIG";

    /** What of the contract is read by later versions; known, so that it is not refused as a typing error. */
    private static final List<String> RESERVED_VARIABLES =
            List.of(CONFIG_VARIABLE, "OUTBOX_HTTP_TOKEN", "OUTBOX_LOG_LEVEL");

    private final Map<Setting, String> values = new EnumMap<>(Setting.class);
    private final List<String> problems = new ArrayList<>();

    private SettingsReader() {}

    /**
     * Reads a configuration.
     *
     * @param flags what was given on the command line
     * @param environment all of it; only names that start with {@code OUTBOX_} are looked at
     * @param file a properties file, or null
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} with everything that is wrong
     */
    public static RelayConfig read(Map<Setting, String> flags, Map<String, String> environment, @Nullable Path file) {
        SettingsReader reader = new SettingsReader();
        reader.defaults();
        Path fromEnvironment =
                environment.containsKey(CONFIG_VARIABLE) ? Path.of(environment.get(CONFIG_VARIABLE)) : null;
        reader.file(file != null ? file : fromEnvironment);
        reader.environment(environment);
        reader.values.putAll(flags);
        return reader.build();
    }

    private void defaults() {
        for (Setting setting : Setting.values()) {
            if (setting.defaultValue() != null) {
                values.put(setting, setting.defaultValue());
            }
        }
    }

    private void file(@Nullable Path file) {
        if (file == null) {
            return;
        }
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            problems.add("the properties file " + file + " cannot be read (" + e.getMessage() + ")");
            return;
        }
        Map<String, Setting> known = byName(Setting::key);
        for (String key : properties.stringPropertyNames()) {
            Setting setting = known.get(key);
            if (setting == null) {
                problems.add("unknown setting " + key + " in " + file + suggestion(key, known.keySet().stream()));
            } else {
                values.put(setting, properties.getProperty(key).strip());
            }
        }
    }

    private void environment(Map<String, String> environment) {
        Map<String, Setting> known = byName(Setting::variable);
        environment.forEach((name, value) -> {
            Setting setting = known.get(name);
            if (setting != null) {
                values.put(setting, value.strip());
            } else if (name.startsWith("OUTBOX_") && !RESERVED_VARIABLES.contains(name)) {
                problems.add("unknown setting " + name + suggestion(name, known.keySet().stream()));
            }
        });
    }

    private static Map<String, Setting> byName(Function<Setting, String> name) {
        return Arrays.stream(Setting.values()).collect(Collectors.toMap(name, Function.identity()));
    }

    private RelayConfig build() {
        String source = required(Setting.SOURCE);
        if (!source.isEmpty()) {
            try {
                Subject.requireSource(source);
            } catch (AftercommitException e) {
                problems.add(Setting.SOURCE.variable() + ": " + e.getMessage());
            }
        }
        DatabaseConfig database = new DatabaseConfig(
                required(Setting.DATABASE_URL), required(Setting.DATABASE_USER), required(Setting.DATABASE_PASSWORD));
        if (!database.url().isEmpty()
                && (!database.url().startsWith("jdbc:postgresql:")
                        || Driver.parseURL(database.url(), new Properties()) == null)) {
            problems.add(Setting.DATABASE_URL.variable() + " must be like jdbc:postgresql://host:5432/database");
        }
        NatsConfig nats = nats();
        int httpPort = number(Setting.HTTP_PORT, 0, 65_535);
        int replicas = number(Setting.STREAM_REPLICAS, 1, 5);
        if (!problems.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "The settings are not right:\n  - " + String.join("\n  - ", problems)
                            + "\nRun outbox-relay run --help for the list.");
        }
        return new RelayConfig(source, database, nats, httpPort, replicas);
    }

    private NatsConfig nats() {
        List<String> servers = Stream.of(required(Setting.NATS_URL).split(","))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
        for (String server : servers) {
            if (!server.matches("(nats|tls|ws|wss)://[^\\s/]+/?")) {
                problems.add(Setting.NATS_URL.variable() + " must be like nats://host:4222[,nats://other:4222]");
            }
        }
        NatsConfig.Login login = new NatsConfig.Login(
                path(Setting.NATS_CREDS),
                path(Setting.NATS_NKEY),
                optional(Setting.NATS_USER),
                optional(Setting.NATS_PASSWORD),
                optional(Setting.NATS_TOKEN));
        long ways = Stream.of(login.credentialsFile(), login.nkeyFile(), login.user(), login.token())
                .filter(way -> way != null)
                .count();
        if (ways > 1) {
            problems.add("only one of OUTBOX_NATS_CREDS, _NKEY, _USER and _TOKEN can be set");
        }
        if (login.password() != null && login.user() == null) {
            problems.add("OUTBOX_NATS_PASSWORD is set without OUTBOX_NATS_USER");
        }
        NatsConfig.Tls tls =
                new NatsConfig.Tls(path(Setting.NATS_TLS_CA), path(Setting.NATS_TLS_CERT), path(Setting.NATS_TLS_KEY));
        if ((tls.certificate() == null) != (tls.key() == null)) {
            problems.add("OUTBOX_NATS_TLS_CERT and OUTBOX_NATS_TLS_KEY belong together; set both");
        }
        return new NatsConfig(servers, login, tls);
    }

    private String required(Setting setting) {
        String value = values.getOrDefault(setting, "");
        // An empty password is one, if somebody wrote it down.
        if (value.isEmpty() && !(setting == Setting.DATABASE_PASSWORD && values.containsKey(setting))) {
            problems.add(setting.variable() + " (or " + setting.flag() + ") is missing: " + setting.description());
        }
        return value;
    }

    private @Nullable String optional(Setting setting) {
        String value = values.getOrDefault(setting, "");
        return value.isEmpty() ? null : value;
    }

    private @Nullable Path path(Setting setting) {
        String value = optional(setting);
        if (value == null) {
            return null;
        }
        Path path = Path.of(value);
        if (!Files.isReadable(path)) {
            problems.add(setting.variable() + ": the file " + path + " cannot be read");
        }
        return path;
    }

    private int number(Setting setting, int least, int most) {
        String value = values.getOrDefault(setting, "");
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, as for a number out of range
        }
        problems.add(
                setting.variable() + " must be a number from " + least + " to " + most + ", not \"" + value + "\"");
        return least;
    }

    private static String suggestion(String name, Stream<String> known) {
        String best = known.min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElse("");
        return distance(name, best) <= Math.max(3, name.length() / 3) ? "; did you mean " + best + "?" : "";
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
