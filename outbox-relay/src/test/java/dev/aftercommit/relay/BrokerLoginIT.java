package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.Certificates;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to log in to NATS, end to end, and what is said when it is the wrong one. */
class BrokerLoginIT {
    private static final String SECRET = "s3cr3t-w0rd";
    private static final String REFUSED =
            "refuses the login. Check OUTBOX_NATS_CREDS, _NKEY, _USER and _PASSWORD, or _TOKEN.";

    @TempDir
    private Path folder;

    @Test
    void userAndPassword() throws Exception {
        works(
                "authorization { user: relay, password: \"" + SECRET + "\" }",
                Map.of("OUTBOX_NATS_USER", "relay", "OUTBOX_NATS_PASSWORD", SECRET),
                Map.of("OUTBOX_NATS_PASSWORD", "wrong-" + SECRET),
                REFUSED);
    }

    @Test
    void token() throws Exception {
        works(
                "authorization { token: \"" + SECRET + "\" }",
                Map.of("OUTBOX_NATS_TOKEN", SECRET),
                Map.of("OUTBOX_NATS_TOKEN", ""),
                REFUSED);
    }

    @Test
    void nkey() throws Exception {
        NKey key = NKey.createUser(null);
        Path seed = Files.writeString(folder.resolve("relay.nk"), new String(key.getSeed()) + "\n");
        Path other = Files.writeString(
                folder.resolve("other.nk"), new String(NKey.createUser(null).getSeed()));
        works(
                "authorization { users: [ { nkey: " + new String(key.getPublicKey()) + " } ] }",
                Map.of("OUTBOX_NATS_NKEY", seed.toString()),
                Map.of("OUTBOX_NATS_NKEY", other.toString()),
                REFUSED);
    }

    @Test
    void aSeedFileThatHoldsNoSeedIsNamedWithoutItsContent() throws Exception {
        Path file = Files.writeString(folder.resolve("relay.nk"), SECRET);
        try (RelayWorld world = new RelayWorld()) {
            RelayJar.Result result = world.command(
                    "run",
                    Map.of("OUTBOX_NATS_NKEY", file.toString(), "OUTBOX_NATS_USER", "", "OUTBOX_NATS_PASSWORD", ""));
            assertThat(Words.requireClear(result).exitCode()).isEqualTo(2);
            assertThat(result.output())
                    .contains("OUTBOX_NATS_NKEY: " + file + " does not hold an NKey seed")
                    .doesNotContain(SECRET);
        }
    }

    @Test
    void tlsWithAnAuthorityOfOnesOwn() throws Exception {
        Certificates certificates = Certificates.in(folder);
        Certificates others = Certificates.in(Files.createDirectory(folder.resolve("others")));
        works(
                tls(certificates, ""),
                Map.of("OUTBOX_NATS_TLS_CA", certificates.authority().toString()),
                Map.of("OUTBOX_NATS_TLS_CA", others.authority().toString()),
                "TLS with NATS at ");
    }

    /** Whoever has any certificate of the authority could pass for NATS otherwise. */
    @Test
    void aTrustedCertificateForAnotherHostIsRefused() throws Exception {
        Certificates certificates = Certificates.in(folder, "DNS:elsewhere.example");
        try (RelayWorld world = new RelayWorld(
                AccountsPostgres.migrated().start(),
                NatsServer.builder().config(tls(certificates, "")).start())) {
            RelayJar.Result result = Words.requireClear(world.command(
                    "doctor",
                    Map.of("OUTBOX_NATS_TLS_CA", certificates.authority().toString())));
            assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
            assertThat(result.output()).contains("TLS with NATS at ", "a name that the server's certificate is for");
        }
    }

    @Test
    void tlsWithAClientCertificate() throws Exception {
        Certificates certificates = Certificates.in(folder);
        works(
                tls(certificates, ", ca_file: \"" + certificates.authority() + "\", verify: true"),
                Map.of(
                        "OUTBOX_NATS_TLS_CA", certificates.authority().toString(),
                        "OUTBOX_NATS_TLS_CERT", certificates.clientCertificate().toString(),
                        "OUTBOX_NATS_TLS_KEY", certificates.clientKey().toString()),
                Map.of("OUTBOX_NATS_TLS_CERT", "", "OUTBOX_NATS_TLS_KEY", ""),
                "OUTBOX_NATS_TLS_CERT and _TLS_KEY");
    }

    /** By default the server gives a handshake two seconds, which a JVM that has just started on a busy machine exceeds. */
    private static String tls(Certificates certificates, String more) {
        return "tls { cert_file: \"" + certificates.serverCertificate() + "\", key_file: \"" + certificates.serverKey()
                + "\", timeout: 60" + more + " }";
    }

    private void works(String server, Map<String, String> right, Map<String, String> wrong, String message)
            throws Exception {
        NatsServer nats = NatsServer.builder().config(server).start();
        try (RelayWorld world = new RelayWorld(AccountsPostgres.migrated().start(), nats).natsLogin(login(right))) {
            Map<String, String> refused = new HashMap<>(right);
            refused.putAll(wrong);
            for (String command : new String[] {"run", "doctor"}) {
                RelayJar.Result result = Words.requireClear(world.command(command, refused));
                assertThat(result.exitCode()).as(result.output()).isIn(1, 3);
                assertThat(result.output())
                        .contains(message)
                        .doesNotContain(SECRET)
                        .doesNotContain("WARN");
            }
            RelayJar.Result doctor = world.command("doctor", right);
            assertThat(doctor.exitCode()).as(doctor.output()).isZero();
            RelayWorld.Relay relay = world.launch("run", right);
            world.awaitState(relay, "streaming");
            Writers.write(world, 10);
            world.awaitStored(10);
            assertThat(relay.output()).doesNotContain(SECRET).doesNotContain("WARN");
        }
    }

    /** The test's own connections use what the relay is given. */
    private static UnaryOperator<Options.Builder> login(Map<String, String> settings) {
        return options -> {
            try {
                if (settings.containsKey("OUTBOX_NATS_TOKEN")) {
                    options.token(SECRET.toCharArray());
                }
                if (settings.containsKey("OUTBOX_NATS_USER")) {
                    options.userInfo("relay", SECRET);
                }
                if (settings.containsKey("OUTBOX_NATS_NKEY")) {
                    options.authHandler(Nats.staticCredentials(
                            null,
                            Files.readString(Path.of(settings.get("OUTBOX_NATS_NKEY")))
                                    .strip()
                                    .toCharArray()));
                }
                if (settings.containsKey("OUTBOX_NATS_TLS_CA")) {
                    options.sslContext(Certificates.in(
                                    Path.of(settings.get("OUTBOX_NATS_TLS_CA")).getParent())
                            .clientContext());
                }
                return options;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }
}
