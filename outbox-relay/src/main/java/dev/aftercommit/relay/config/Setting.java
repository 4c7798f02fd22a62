package dev.aftercommit.relay.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of the relay. The one list from which flags, environment variables and the keys of a properties file
 * are made: {@code OUTBOX_DATABASE_URL} is {@code --database-url} and {@code database-url}.
 */
public enum Setting {
    SOURCE("source name, such as accounts", null),
    DATABASE_URL("jdbc:postgresql://host:5432/database of the source", null),
    DATABASE_USER("role with REPLICATION", null),
    DATABASE_PASSWORD("the role's password", null),
    NATS_URL("one or more servers, comma separated", "nats://localhost:4222"),
    NATS_CREDS("credentials file (JWT and seed)", ""),
    NATS_NKEY("file with an NKey seed", ""),
    NATS_USER("user name", ""),
    NATS_PASSWORD("the user's password", ""),
    NATS_TOKEN("token", ""),
    NATS_TLS_CA("PEM file of the certificate authorities to trust", ""),
    NATS_TLS_CERT("PEM file of the client certificate", ""),
    NATS_TLS_KEY("PEM file of the client's private key, PKCS #8", ""),
    STREAM_REPLICAS("replicas of a stream that the relay makes", "1"),
    WAL_BUDGET_MB(
            "megabytes of WAL that the slot may hold back while the stream takes nothing;"
                    + " by default four fifths of max_slot_wal_keep_size, or 1024",
            ""),
    PARTITION(
            "time that a partition of outbox.event covers: hourly, daily, weekly, or such as 6h; off to make none",
            "daily"),
    RETENTION("how long events stay in outbox.event at least, such as 7d or 36h; off to keep them for ever", "7d"),
    HTTP_PORT("port of /livez, /readyz, /metrics and /status; 0 for any free one", "9464");

    private static final String PREFIX = "OUTBOX_";

    private final String description;
    private final @Nullable String defaultValue;

    Setting(String description, @Nullable String defaultValue) {
        this.description = description;
        this.defaultValue = defaultValue;
    }

    /** Such as {@code OUTBOX_DATABASE_URL}. */
    public String variable() {
        return PREFIX + name();
    }

    /** Such as {@code database-url}: a key of the properties file. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Such as {@code --database-url}. */
    public String flag() {
        return "--" + key();
    }

    public String description() {
        return description;
    }

    /** Null when the setting must be given, empty when it may be left out. */
    public @Nullable String defaultValue() {
        return defaultValue;
    }
}
