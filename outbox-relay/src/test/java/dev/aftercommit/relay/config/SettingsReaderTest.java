package dev.aftercommit.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    private static final String SECRET = "s3cr3t-w0rd";

    private final Map<String, String> environment = new HashMap<>(Map.of(
            "OUTBOX_SOURCE", "accounts",
            "OUTBOX_DATABASE_URL", "jdbc:postgresql://db/accounts",
            "OUTBOX_DATABASE_USER", "relay",
            "OUTBOX_DATABASE_PASSWORD", SECRET));

    @TempDir
    private Path folder;

    @Test
    void theDefaultsAreTheContracts() {
        RelayConfig config = read();
        assertThat(config.nats().servers()).containsExactly("nats://localhost:4222");
        assertThat(config.httpPort()).isEqualTo(9464);
        assertThat(config.streamReplicas()).isEqualTo(1);
        assertThat(config.partitions()).isEqualTo(new PartitionConfig(Duration.ofDays(1), Duration.ofDays(7)));
    }

    @ParameterizedTest
    @CsvSource({"hourly, PT1H", "daily, P1D", "weekly, P7D", "6h, PT6H", "2d, P2D", "1w, P7D", "off, "})
    void thePartitionsWidthIsAWordOrADuration(String text, Duration width) {
        environment.put("OUTBOX_PARTITION", text);
        assertThat(read().partitions().width()).isEqualTo(width);
    }

    @Test
    void eventsAreKeptForEverWhenRetentionIsOff() {
        environment.put("OUTBOX_RETENTION", "off");
        assertThat(read().partitions().retention()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0h", "7", "-1d", "30m", "P7D", "monthly", "32d", "99999w"})
    void whatIsNoDurationIsRefused(String text) {
        environment.put("OUTBOX_PARTITION", text);
        assertThatThrownBy(this::read)
                .hasMessageContaining(
                        "OUTBOX_PARTITION must be a number of hours, days or weeks, such as 12h, 7d or 2w,"
                                + " of at most 31d, or off, not \"" + text + "\"");
    }

    @Test
    void moreThanTwoHundredPartitionsAreRefused() {
        environment.put("OUTBOX_PARTITION", "hourly");
        environment.put("OUTBOX_RETENTION", "200h");
        read();
        environment.put("OUTBOX_RETENTION", "201h");
        assertThatThrownBy(this::read).hasMessageContaining("OUTBOX_RETENTION is more than 200 times OUTBOX_PARTITION");
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile() throws Exception {
        Path file = Files.writeString(
                folder.resolve("p"), "source=file\nhttp-port=1\nstream-replicas=3\nnats-url=nats://file:1\n");
        environment.put("OUTBOX_HTTP_PORT", "2");
        environment.put("OUTBOX_CONFIG", file.toString());
        RelayConfig config = new SettingsReader(Map.of(Setting.SOURCE, "flag"), environment, null).relay();
        assertThat(config.source()).isEqualTo("flag");
        assertThat(config.httpPort()).isEqualTo(2);
        assertThat(config.streamReplicas()).isEqualTo(3);
        assertThat(config.nats().servers()).containsExactly("nats://file:1");
    }

    @Test
    void anEmptyVariableIsOneThatIsNotSetExceptForThePassword() {
        environment.put("OUTBOX_NATS_URL", "");
        environment.put("OUTBOX_NATS_CREDS", "");
        environment.put("OUTBOX_CONFIG", "");
        environment.put("OUTBOX_DATABASE_PASSWORD", "");
        RelayConfig config = read();
        assertThat(config.nats().servers()).containsExactly("nats://localhost:4222");
        assertThat(config.nats().login().credentialsFile()).isNull();
        assertThat(config.database().password()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://a:5433,b:5434/accounts",
                "jdbc:postgresql://[::1]:5432/accounts",
                "jdbc:postgresql://a,b/accounts?targetServerType=primary"
            })
    void aUrlOfAnythingButOneHostIsRefusedBeforeASlotIsMade(String url) {
        environment.put("OUTBOX_DATABASE_URL", url);
        assertThatThrownBy(this::read).hasMessageContaining("OUTBOX_DATABASE_URL must name one host");
    }

    @Test
    void severalServersAreRead() {
        environment.put("OUTBOX_NATS_URL", "nats://a:1, tls://b:2,nats://user:pw@c:3");
        assertThat(read().nats().servers()).containsExactly("nats://a:1", "tls://b:2", "nats://user:pw@c:3");
        assertThat(read().nats().printable()).isEqualTo("nats://a:1,tls://b:2,nats://***@c:3");
    }

    @ParameterizedTest
    @CsvSource({
        "OUTBOX_NATS_ULR, OUTBOX_NATS_URL",
        "OUTBOX_DATABASE_PASWORD, OUTBOX_DATABASE_PASSWORD",
        "OUTBOX_PORT, OUTBOX_HTTP_PORT",
        "OUTBOX_TLS_CA, OUTBOX_NATS_TLS_CA"
    })
    void aMisspeltVariableIsRefusedWithWhatWasMeant(String wrong, String meant) {
        environment.put(wrong, SECRET);
        assertThatThrownBy(this::read)
                .hasMessageContaining("unknown setting " + wrong + "; did you mean " + meant + "?")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void whatResemblesNothingIsRefusedWithoutASuggestion() {
        environment.put("OUTBOX_QUACK", "1");
        assertThatThrownBy(this::read).hasMessageContaining("- unknown setting OUTBOX_QUACK\n");
    }

    @Test
    void variablesOfOthersAndOfLaterVersionsAreLeftAlone() {
        environment.putAll(Map.of("PATH", "/bin", "OUTBOX_HTTP_TOKEN", "x", "OUTBOX_LOG_LEVEL", "DEBUG"));
        read();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OUTBOX_NATS_CREDS", "OUTBOX_NATS_NKEY", "OUTBOX_NATS_TLS_KEY", "OUTBOX_NATS_TLS_CA"})
    void aSecretWhereAFileBelongsIsNotPrinted(String variable) {
        environment.put(variable, SECRET);
        assertThatThrownBy(this::read)
                .hasMessageContaining(variable + " does not name a file that can be read")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void severalLoginsHalfACertificateAndALonelyPasswordAreRefusedTogether() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        environment.put("OUTBOX_NATS_CREDS", file.toString());
        environment.put("OUTBOX_NATS_TOKEN", SECRET);
        environment.put("OUTBOX_NATS_PASSWORD", SECRET);
        environment.put("OUTBOX_NATS_TLS_CERT", file.toString());
        assertThatThrownBy(this::read)
                .hasMessageContaining("only one of OUTBOX_NATS_CREDS, _NKEY, _USER and _TOKEN can be set")
                .hasMessageContaining("OUTBOX_NATS_PASSWORD is set without OUTBOX_NATS_USER")
                .hasMessageContaining("OUTBOX_NATS_TLS_CERT and OUTBOX_NATS_TLS_KEY belong together; set both")
                .hasMessageNotContaining(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "x", "9 9", "1e3"})
    void aPortIsANumber(String port) {
        environment.put("OUTBOX_HTTP_PORT", port);
        assertThatThrownBy(this::read)
                .hasMessageContaining("OUTBOX_HTTP_PORT must be a number from 0 to 65535, not \"" + port + "\"");
    }

    @Test
    void theDatabaseAloneNeedsNothingElse() {
        environment.remove("OUTBOX_SOURCE");
        environment.put("OUTBOX_HTTP_PORT", "not looked at");
        DatabaseConfig database = new SettingsReader(Map.of(), environment, null).databaseOnly();
        assertThat(database.user()).isEqualTo("relay");
    }

    @Test
    void noConfigurationPrintsItsSecrets() {
        environment.put("OUTBOX_NATS_USER", "relay");
        environment.put("OUTBOX_NATS_PASSWORD", SECRET);
        environment.put("OUTBOX_NATS_URL", "nats://u:" + SECRET + "@n:4222");
        environment.put("OUTBOX_DATABASE_URL", "jdbc:postgresql://db/accounts?password=" + SECRET + "&ssl=true");
        assertThat(read().toString()).doesNotContain(SECRET).contains("jdbc:postgresql://db/accounts", "ssl=true");
    }

    private RelayConfig read() {
        return new SettingsReader(Map.of(), environment, null).relay();
    }
}
