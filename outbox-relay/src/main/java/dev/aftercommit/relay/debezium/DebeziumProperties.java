package dev.aftercommit.relay.debezium;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.postgres.SlotNames;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Debezium's settings. Several of them lose data silently when they are left at their defaults; each says why. */
final class DebeziumProperties {
    /** How soon a walsender lets go of the slot when its relay is frozen or cut off. */
    private static final int WAL_SENDER_TIMEOUT_MS = 10_000;

    private static final Set<String> SSL_SETTINGS =
            Set.of("sslmode", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslfactory");

    private DebeziumProperties() {}

    static Properties of(DatabaseConfig database, SlotNames names, String captureId) {
        Properties p = new Properties();
        p.setProperty("name", "aftercommit-" + names.slot());
        p.setProperty("connector.class", OutboxConnector.class.getName());
        p.setProperty(OutboxConnectorTask.CAPTURE_ID, captureId);
        // Names the MBeans: Debezium waits a minute for those of an engine that has not let go of them.
        p.setProperty("topic.prefix", names.slot() + '-' + captureId);
        connection(database, p);

        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("slot.name", names.slot());
        p.setProperty("slot.drop.on.stop", "false");
        p.setProperty("slot.max.retries", "0");
        p.setProperty("publication.name", names.publication());
        // The default would make a publication of all tables.
        p.setProperty("publication.autocreate.mode", "disabled");
        p.setProperty("table.include.list", "outbox\\.event");
        // The others are not published; Debezium would warn that it does not know the type of tx_id.
        p.setProperty(
                "column.include.list", "outbox\\.event\\.(id|aggregate_type|aggregate_id|event_type|payload|headers)");
        // Any other mode reads the table again, or from "now" on.
        p.setProperty("snapshot.mode", "no_data");
        // The slot is the only state: an offset store brings back positions from which events are skipped.
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        p.setProperty("offset.flush.interval.ms", "60000");
        // "connector_and_driver" confirms transactions that nobody has acknowledged.
        p.setProperty("lsn.flush.mode", "connector");
        // Debezium's own restart resumes from memory and can skip events; the relay starts a new engine instead.
        p.setProperty("errors.max.retries", "0");
        p.setProperty("retriable.restart.connector.wait.ms", "500");
        // The default would turn a column that cannot be decoded into null.
        p.setProperty("event.converting.failure.handling.mode", "fail");
        p.setProperty("event.processing.failure.handling.mode", "fail");
        p.setProperty("heartbeat.interval.ms", "0");
        p.setProperty("status.update.interval.ms", "1000");
        p.setProperty("tombstones.on.delete", "false");
        p.setProperty("provide.transaction.metadata", "false");
        p.setProperty("statistics.metrics.enabled", "false");
        // Only the engine's error polling: our stream waits for data by itself.
        p.setProperty("poll.interval.ms", "100");
        p.setProperty("executor.shutdown.timeout.ms", "500");
        p.setProperty("internal.task.management.timeout.ms", "10000");
        p.setProperty("record.processing.threads", "1");
        p.setProperty("record.processing.shutdown.timeout.ms", "1000");
        return p;
    }

    private static void connection(DatabaseConfig database, Properties p) {
        Properties url = Driver.parseURL(database.url(), new Properties());
        if (url == null) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING, "OUTBOX_DATABASE_URL is not a jdbc:postgresql:// URL.");
        }
        p.setProperty("database.hostname", PGProperty.PG_HOST.getOrDefault(url));
        p.setProperty("database.port", PGProperty.PG_PORT.getOrDefault(url));
        p.setProperty("database.dbname", PGProperty.PG_DBNAME.getOrDefault(url));
        p.setProperty("database.user", database.user());
        p.setProperty("database.password", database.password());
        Set<String> placed = Set.of(
                PGProperty.PG_HOST.getName(),
                PGProperty.PG_PORT.getName(),
                PGProperty.PG_DBNAME.getName(),
                PGProperty.USER.getName(),
                PGProperty.PASSWORD.getName(),
                PGProperty.OPTIONS.getName());
        for (String name : url.stringPropertyNames()) {
            if (!placed.contains(name)) {
                p.setProperty((SSL_SETTINGS.contains(name) ? "database." : "driver.") + name, url.getProperty(name));
            }
        }
        String options = url.getProperty(PGProperty.OPTIONS.getName(), "");
        p.setProperty("driver.options", (options + " -c wal_sender_timeout=" + WAL_SENDER_TIMEOUT_MS).strip());
        p.setProperty("driver.tcpKeepAlive", "true");
    }
}
