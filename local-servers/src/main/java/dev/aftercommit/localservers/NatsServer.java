package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A nats-server of its own, with JetStream, that can be killed and started again. Thread-safe.
 *
 * <p>It listens on the loopback interface without authentication. {@link NatsServerBinary} tells where the program
 * comes from.
 */
public final class NatsServer implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final int PROBE_TIMEOUT_MILLIS = 1_000;
    private static final String HOST = "127.0.0.1";

    private final Path binary;
    private final String version;
    private final int port;
    private final int monitoringPort;
    private final Path configFile;
    private final Path store;
    private final String config;
    private final Path log;
    private final ServerProcess process;

    private NatsServer(Builder builder) {
        this.binary = builder.binary == null ? NatsServerBinary.locate() : builder.binary;
        this.version = NatsServerBinary.version(binary)
                .orElseThrow(() -> new IllegalStateException(binary + " --version names no version"))
                .toString();
        this.port = builder.port == 0 ? Ports.free() : builder.port;
        this.monitoringPort = Ports.free();
        Path folder = Folders.temporary("nats");
        this.configFile = folder.resolve("nats-server.conf");
        this.store = builder.storeDirectory == null ? folder.resolve("store") : builder.storeDirectory;
        this.config = config(builder);
        this.log = folder.resolve("nats-server.log");
        this.process = new ServerProcess("nats-server on port " + port, new Program(), log, folder);
    }

    /** Starts a server with the defaults and a temporary store. */
    public static NatsServer start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    public String url() {
        return "nats://" + HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    /** The port of the HTTP pages such as {@code /healthz} and {@code /jsz}. */
    public int monitoringPort() {
        return monitoringPort;
    }

    /** The program's version, such as "2.10.27". */
    public String version() {
        return version;
    }

    /** What the server logs: a temporary file, kept over kills and starts. */
    public Path log() {
        return log;
    }

    /** SIGKILL, as a power cut would; the store stays. No effect when it is down. */
    public void kill() {
        process.kill();
    }

    /** SIGSTOP: it stands still, and holds its connections, until {@link #thaw}. No effect when it is down. */
    public void freeze() {
        process.freeze();
    }

    /** SIGCONT. No effect when it is down. */
    public void thaw() {
        process.thaw();
    }

    /** Shuts down in order; the store stays. No effect when it is down. */
    public void stop() {
        process.stop();
    }

    /**
     * Starts a server that was killed or stopped, with the same ports and the same store; returns when it is healthy.
     *
     * @throws IllegalStateException when it runs already, or is not healthy within a minute
     */
    public void startAgain() {
        process.startAgain();
    }

    /** {@link #stop} and {@link #startAgain}. */
    public void restart() {
        process.restart();
    }

    /**
     * Copies the store of a server that is down, as a backup.
     *
     * @param target a folder that does not exist yet
     * @throws IllegalStateException when the server runs
     */
    public void copyStore(Path target) {
        process.whileDown(() -> Folders.copy(store, target, Set.of()));
    }

    /**
     * Puts a copy of {@link #copyStore} in the place of the store of a server that is down.
     *
     * @throws IllegalStateException when the server runs
     */
    public void restoreStore(Path copy) {
        process.whileDown(() -> {
            Folders.delete(store);
            Folders.copy(copy, store, Set.of());
        });
    }

    /** Stops the server and deletes its store, unless {@link Builder#storeDirectory} named a folder for it. */
    @Override
    public void close() {
        process.close();
    }

    private String config(Builder builder) {
        String jetStream = builder.jetStream ? "jetstream { store_dir: \"" + store.toAbsolutePath() + "\" }\n" : "";
        return "listen: \"" + HOST + ":" + port + "\"\n"
                + "http: \"" + HOST + ":" + monitoringPort + "\"\n"
                + jetStream
                + builder.config
                + "\n";
    }

    private final class Program implements ServerProgram {
        @Override
        public void prepare() {
            try {
                Files.writeString(configFile, config);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public ProcessBuilder command() {
            return new ProcessBuilder(binary.toString(), "--config", configFile.toString());
        }

        @Override
        public boolean answers() {
            try {
                URI healthz = URI.create("http://" + HOST + ":" + monitoringPort + "/healthz");
                HttpURLConnection probe = (HttpURLConnection) healthz.toURL().openConnection();
                probe.setConnectTimeout(PROBE_TIMEOUT_MILLIS);
                probe.setReadTimeout(PROBE_TIMEOUT_MILLIS);
                return probe.getResponseCode() == HttpURLConnection.HTTP_OK;
            } catch (IOException notYet) {
                return false;
            }
        }

        @Override
        public void stop(ChildProcess running) {
            running.terminate();
            running.waitFor(STOP_TIMEOUT);
        }
    }

    /** Settings of a server to start. Not thread-safe. */
    public static final class Builder {
        private int port;
        private String config = "";
        private boolean jetStream = true;
        private @Nullable Path storeDirectory;
        private @Nullable Path binary;

        private Builder() {}

        /** Default: a free port. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** Where JetStream stores, also after {@link NatsServer#close}. Default: a temporary folder. */
        public Builder storeDirectory(Path storeDirectory) {
            this.storeDirectory = storeDirectory;
            return this;
        }

        /**
         * Lines added to the configuration file. A line that names a setting again replaces it, so a
         * {@code jetstream} block here needs its own {@code store_dir}.
         */
        public Builder config(String extraConfigLines) {
            this.config = extraConfigLines;
            return this;
        }

        /** Default: true. */
        public Builder jetStream(boolean jetStream) {
            this.jetStream = jetStream;
            return this;
        }

        /** The program. Default: {@link NatsServerBinary#locate}. */
        public Builder binary(Path binary) {
            this.binary = binary;
            return this;
        }

        /** A server that is down: {@link NatsServer#startAgain} starts it for the first time, too. */
        NatsServer build() {
            NatsServer server = new NatsServer(this);
            server.process.prepare();
            return server;
        }

        /** Starts the server; returns when it is healthy. */
        public NatsServer start() {
            NatsServer server = new NatsServer(this);
            server.process.firstStart();
            return server;
        }
    }
}
