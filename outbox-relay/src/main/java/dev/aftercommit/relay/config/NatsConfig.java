package dev.aftercommit.relay.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The NATS servers.
 *
 * @param servers one or more {@code nats://} or {@code tls://} URLs of one cluster
 */
public record NatsConfig(List<String> servers, Login login, Tls tls) {
    /** How the names of the relay's inboxes begin: what its login must be allowed to subscribe to. */
    public static final String INBOX_PREFIX = "_INBOX_relay";

    public NatsConfig {
        servers = List.copyOf(servers);
    }

    /** The servers as they may be printed: without what somebody may have put before the {@code @}. */
    public String printable() {
        return String.join(",", servers).replaceAll("//[^@,]*@", "//***@");
    }

    @Override
    public String toString() {
        return "NatsConfig[" + printable() + "]";
    }

    /** How the relay logs in; at most one way is set. */
    public record Login(
            @Nullable Path credentialsFile,
            @Nullable Path nkeyFile,
            @Nullable String user,
            @Nullable String password,
            @Nullable String token) {
        @Override
        public String toString() {
            return "Login[secret]";
        }
    }

    /**
     * TLS, apart from the login. All files are PEM.
     *
     * @param certificateAuthority whom to trust; the JVM's own list when null
     * @param certificate the client's certificate, with {@code key}
     * @param key the client's private key, PKCS #8
     */
    public record Tls(
            @Nullable Path certificateAuthority,
            @Nullable Path certificate,
            @Nullable Path key) {
        public boolean isSet() {
            return certificateAuthority != null || certificate != null;
        }
    }
}
