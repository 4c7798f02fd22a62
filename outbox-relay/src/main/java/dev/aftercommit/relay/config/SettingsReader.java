package dev.aftercommit.relay.config;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.failure.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Puts settings together: a flag wins over the environment, the environment over the properties file. Says everything
 * that is wrong at once, and never prints a value that may be secret.
 */
public final class SettingsReader {
    /** Names the properties file. */
    public static final String CONFIG_VARIABLE = "OUTBOX_CONFIG";

    private static final String OFF = "off";
    private static final Duration MOST_WIDTH = Duration.ofDays(31);
    private static final Duration MOST_RETENTION = Duration.ofDays(3_660);
    private static final int MOST_PARTITIONS = 200;

    private final List<String> problems = new ArrayList<>();
    private final SettingValues values = new SettingValues(problems);

    /**
     * Takes what was given.
     *
     * @param flags what was given on the command line
     * @param environment all of it; only names that start with {@code OUTBOX_} are looked at
     * @param file a properties file, or null
     */
    public SettingsReader(Map<Setting, String> flags, Map<String, String> environment, @Nullable Path file) {
        Path properties = SettingValues.file(file, environment);
        if (properties != null) {
            values.addFile(properties);
        }
        values.addEnvironment(environment);
        values.addFlags(flags);
    }

    /**
     * Everything that the relay needs.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} with everything that is wrong
     */
    public RelayConfig relay() {
        RelayConfig config = new RelayConfig(
                source(),
                database(),
                nats(),
                number(Setting.HTTP_PORT, 0, 65_535),
                number(Setting.STREAM_REPLICAS, 1, 5),
                walBudget(),
                partitions());
        throwProblems();
        return config;
    }

    /**
     * The database alone, for commands that need nothing else. Settings of the rest may be there or not.
     *
     * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} with everything that is wrong
     */
    public DatabaseConfig databaseOnly() {
        DatabaseConfig config = database();
        throwProblems();
        return config;
    }

    private void throwProblems() {
        if (!problems.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING,
                    "The settings are not right:\n  - " + String.join("\n  - ", problems)
                            + "\nThe command's --help lists them all.");
        }
    }

    private String source() {
        String source = required(Setting.SOURCE);
        if (!source.isEmpty()) {
            try {
                Subject.requireSource(source);
            } catch (AftercommitException e) {
                problems.add(Setting.SOURCE.variable() + ": " + Reason.of(e));
            }
        }
        return source;
    }

    private DatabaseConfig database() {
        String url = required(Setting.DATABASE_URL);
        if (!url.isEmpty()) {
            checkUrl(url);
        }
        return new DatabaseConfig(url, required(Setting.DATABASE_USER), required(Setting.DATABASE_PASSWORD));
    }

    private void checkUrl(String url) {
        Properties read = url.startsWith("jdbc:postgresql:") ? Driver.parseURL(url, new Properties()) : null;
        if (read == null) {
            problems.add(Setting.DATABASE_URL.variable() + " must be like jdbc:postgresql://host:5432/database");
            return;
        }
        // Debezium takes no other; the relay would make a slot and then never stream from it.
        String host = PGProperty.PG_HOST.getOrDefault(read);
        if (host != null && !host.matches("[A-Za-z0-9._-]+")) {
            problems.add(Setting.DATABASE_URL.variable()
                    + " must name one host, by name or IPv4 address: one that always leads to the primary");
        }
    }

    private NatsConfig nats() {
        List<String> servers = Stream.of(required(Setting.NATS_URL).split(","))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
        if (servers.isEmpty() || !servers.stream().allMatch(server -> server.matches("(nats|tls|wss?)://[^\\s/]+/?"))) {
            problems.add(Setting.NATS_URL.variable() + " must be like nats://host:4222[,nats://other:4222]");
        }
        NatsConfig.Login login = new NatsConfig.Login(
                path(Setting.NATS_CREDS),
                path(Setting.NATS_NKEY),
                optional(Setting.NATS_USER),
                optional(Setting.NATS_PASSWORD),
                optional(Setting.NATS_TOKEN));
        long ways = Stream.of(Setting.NATS_CREDS, Setting.NATS_NKEY, Setting.NATS_USER, Setting.NATS_TOKEN)
                .filter(way -> optional(way) != null)
                .count();
        if (ways > 1) {
            problems.add("only one of OUTBOX_NATS_CREDS, _NKEY, _USER and _TOKEN can be set");
        }
        if (login.password() != null && login.user() == null) {
            problems.add("OUTBOX_NATS_PASSWORD is set without OUTBOX_NATS_USER");
        }
        NatsConfig.Tls tls =
                new NatsConfig.Tls(path(Setting.NATS_TLS_CA), path(Setting.NATS_TLS_CERT), path(Setting.NATS_TLS_KEY));
        if ((optional(Setting.NATS_TLS_CERT) == null) != (optional(Setting.NATS_TLS_KEY) == null)) {
            problems.add("OUTBOX_NATS_TLS_CERT and OUTBOX_NATS_TLS_KEY belong together; set both");
        }
        return new NatsConfig(servers, login, tls);
    }

    private long walBudget() {
        return optional(Setting.WAL_BUDGET_MB) == null ? 0 : number(Setting.WAL_BUDGET_MB, 16, 1 << 24) * (1L << 20);
    }

    private PartitionConfig partitions() {
        Duration width = duration(Setting.PARTITION, MOST_WIDTH);
        Duration retention = duration(Setting.RETENTION, MOST_RETENTION);
        if (width != null && retention != null && retention.toHours() / width.toHours() > MOST_PARTITIONS) {
            problems.add(Setting.RETENTION.variable() + " is more than " + MOST_PARTITIONS + " times "
                    + Setting.PARTITION.variable() + "; take longer partitions, which every query has to consider");
        }
        return new PartitionConfig(width, retention);
    }

    /** From an hour on; null when it is off. */
    private @Nullable Duration duration(Setting setting, Duration most) {
        String value = values.get(setting);
        if (value.equals(OFF)) {
            return null;
        }
        Duration duration = Durations.parse(value);
        if (duration == null || duration.compareTo(most) > 0) {
            problems.add(
                    setting.variable() + " must be a number of hours, days or weeks, such as 12h, 7d or 2w, of at most "
                            + most.toDays() + "d, or off, not \"" + value + "\"");
        }
        return duration;
    }

    private String required(Setting setting) {
        String value = values.get(setting);
        // An empty password is one, if somebody wrote it down.
        if (value.isEmpty() && !(setting == Setting.DATABASE_PASSWORD && values.isGiven(setting))) {
            problems.add(setting.variable() + " (or " + setting.flag() + ") is missing: " + setting.description());
        }
        return value;
    }

    private @Nullable String optional(Setting setting) {
        String value = values.get(setting);
        return value.isEmpty() ? null : value;
    }

    /** A file. Its name is not printed: who mistakes the setting puts the secret itself there. */
    private @Nullable Path path(Setting setting) {
        String value = optional(setting);
        if (value == null) {
            return null;
        }
        if (value.indexOf('\0') < 0 && value.length() < 4096) {
            Path path = Path.of(value);
            if (Files.isReadable(path) && !Files.isDirectory(path)) {
                return path;
            }
        }
        problems.add(setting.variable() + " does not name a file that can be read");
        return null;
    }

    private int number(Setting setting, int least, int most) {
        String value = values.get(setting);
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
}
