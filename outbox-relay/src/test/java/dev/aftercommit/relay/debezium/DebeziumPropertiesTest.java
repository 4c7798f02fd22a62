package dev.aftercommit.relay.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.postgres.SlotNames;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebeziumPropertiesTest {
    /** Each of these loses events without a word when it is left at its default or set otherwise. */
    @ParameterizedTest
    @CsvSource({
        "plugin.name, pgoutput",
        "slot.drop.on.stop, false",
        "slot.max.retries, 0",
        "publication.autocreate.mode, disabled",
        "snapshot.mode, no_data",
        "offset.storage, org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
        "lsn.flush.mode, connector",
        "errors.max.retries, 0",
        "event.converting.failure.handling.mode, fail",
        "event.processing.failure.handling.mode, fail"
    })
    void settingsThatLoseEventsAreSet(String name, String value) {
        assertThat(properties("jdbc:postgresql://db/accounts").getProperty(name))
                .isEqualTo(value);
    }

    @Test
    void theConnectorIsOursAndFindsItsSession() {
        Properties properties = properties("jdbc:postgresql://db/accounts");
        assertThat(properties)
                .containsEntry("connector.class", "dev.aftercommit.relay.debezium.OutboxConnector")
                .containsEntry(OutboxConnectorTask.CAPTURE_ID, "id-1")
                .containsEntry("slot.name", "slot")
                .containsEntry("publication.name", "publication");
    }

    @Test
    void hostPortDatabaseAndLoginAreCarriedOver() {
        assertThat(properties("jdbc:postgresql://db.example:6432/accounts"))
                .containsEntry("database.hostname", "db.example")
                .containsEntry("database.port", "6432")
                .containsEntry("database.dbname", "accounts")
                .containsEntry("database.user", "relay")
                .containsEntry("database.password", "secret");
    }

    @Test
    void whatTheUrlLeavesOutIsPostgresDefault() {
        assertThat(properties("jdbc:postgresql:accounts"))
                .containsEntry("database.hostname", "localhost")
                .containsEntry("database.port", "5432")
                .containsEntry("database.dbname", "accounts");
    }

    @Test
    void parametersOfTheUrlAreCarriedOver() {
        assertThat(properties("jdbc:postgresql://db/accounts?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem"
                        + "&sslkey=/k.pk8&targetServerType=primary&connectTimeout=7&gssEncMode=disable"))
                .containsEntry("database.sslmode", "verify-full")
                .containsEntry("database.sslrootcert", "/ca.pem")
                .containsEntry("database.sslcert", "/c.pem")
                .containsEntry("database.sslkey", "/k.pk8")
                .containsEntry("driver.targetServerType", "primary")
                .containsEntry("driver.connectTimeout", "7")
                .containsEntry("driver.gssEncMode", "disable");
    }

    @Test
    void theUrlsOptionsAreKeptBesideOurs() {
        assertThat(properties("jdbc:postgresql://db/accounts?options=-c%20statement_timeout=90"))
                .containsEntry("driver.options", "-c statement_timeout=90 -c wal_sender_timeout=10000");
        assertThat(properties("jdbc:postgresql://db/accounts"))
                .containsEntry("driver.options", "-c wal_sender_timeout=10000");
    }

    private static Properties properties(String url) {
        return DebeziumProperties.of(
                new DatabaseConfig(url, "relay", "secret"), new SlotNames("slot", "publication"), "id-1");
    }
}
