package dev.aftercommit.localservers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server of its own, ready for logical replication, that can be killed and started again. Thread-safe.
 *
 * <p>It listens on localhost, knows the superuser "postgres" (password "postgres") and has {@code wal_level=logical},
 * 20 replication slots, 20 WAL senders and 200 connections. {@code fsync} and everything else are as PostgreSQL has
 * them. Root may start it, too, where {@code unshare} or {@code setpriv} of util-linux works.
 *
 * <h2>Versions</h2>
 *
 * <p>PostgreSQL 18 is on the class path. The archives of other major versions lie in the folder that the environment
 * variable {@code AFTERCOMMIT_POSTGRES_BINARIES} names; the build has them ready for the tests of all modules.
 * {@code AFTERCOMMIT_POSTGRES_VERSION}, such as 14, says which version a server has that names none.
 *
 * <p>Linux on amd64 is what it is tested on; the build picks the archives of Linux and macOS on amd64 and arm64.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration INITDB_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
    private static final String USER = "postgres";

    /** What a start says that comes too soon after a kill. */
    private static final List<String> STILL_GOING_AWAY = List.of(
            "is still in use", // shared memory of the killed server
            "already exists", // its lock file, while its process is not yet reaped
            "Address already in use");

    /** Says that a server runs on the data. */
    private static final Set<String> NOT_IN_A_COPY = Set.of("postmaster.pid");

    private final PostgresPrograms programs;
    private final int port;
    private final @Nullable Path temporary;
    private final Path dataDirectory;
    private final Path log;
    private final @Nullable Consumer<Path> original;
    private final Map<String, String> settings;
    private final ServerProcess process;

    private PostgresServer(Builder builder) {
        this.programs = PostgresPrograms.locate(builder.majorVersion);
        this.port = builder.port == 0 ? Ports.free() : builder.port;
        this.temporary = builder.dataDirectory == null ? Folders.temporary("postgres") : null;
        this.dataDirectory = builder.dataDirectory == null
                ? Objects.requireNonNull(temporary).resolve("data")
                : builder.dataDirectory.toAbsolutePath();
        this.log = dataDirectory.resolveSibling(dataDirectory.getFileName() + ".log");
        this.original = builder.original;
        this.settings = Map.copyOf(builder.settings);
        this.process = new ServerProcess("PostgreSQL on port " + port, new Program(), log, temporary);
    }

    /** Starts a server with the defaults and a temporary data folder. */
    public static PostgresServer start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The version of servers that name none: {@code AFTERCOMMIT_POSTGRES_VERSION}, or 18. */
    public static int defaultMajorVersion() {
        return PostgresBinaries.defaultMajorVersion(System.getenv());
    }

    public int port() {
        return port;
    }

    /** The URL of the database "postgres". */
    public String jdbcUrl() {
        return jdbcUrl(USER);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database;
    }

    public String user() {
        return USER;
    }

    public String password() {
        return USER;
    }

    /** A new connection each time, to the database "postgres". */
    public DataSource dataSource() {
        return dataSource(USER);
    }

    /** A new connection each time. */
    public DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl(database));
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    public void createDatabase(String name) {
        Sql.execute(dataSource(), "CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
    }

    /** What the server logs: a file beside its data folder, kept over kills and starts. */
    public Path log() {
        return log;
    }

    /** SIGKILL to the server and to its children, as a power cut would; the data stay. No effect when it is down. */
    public void kill() {
        process.kill();
    }

    /** Shuts down in PostgreSQL's fast mode: sessions are ended, the data stay. No effect when it is down. */
    public void stop() {
        process.stop();
    }

    /**
     * Starts a server that was killed or stopped, with the same port and the same data; returns when it answers.
     *
     * @throws IllegalStateException when it runs already, or does not answer within a minute
     */
    public void startAgain() {
        process.startAgain();
    }

    /** {@link #stop} and {@link #startAgain}. */
    public void restart() {
        process.restart();
    }

    /**
     * Copies the data of a server that is down, as a backup; those of a killed one are such as a power cut leaves them.
     *
     * @param target a folder that does not exist yet
     * @throws IllegalStateException when the server runs
     */
    public void copyData(Path target) {
        process.whileDown(() -> Folders.copy(dataDirectory, target, NOT_IN_A_COPY));
    }

    /**
     * Puts a copy of {@link #copyData} in the place of the data of a server that is down.
     *
     * @throws IllegalStateException when the server runs
     */
    public void restoreData(Path copy) {
        process.whileDown(() -> {
            Folders.delete(dataDirectory);
            Folders.copy(copy, dataDirectory, NOT_IN_A_COPY);
        });
    }

    /** Stops the server and deletes its data, unless {@link Builder#dataDirectory} named a folder for them. */
    @Override
    public void close() {
        process.close();
    }

    private final class Program implements ServerProgram {
        @Override
        public void prepare() {
            if (original != null) {
                if (temporary != null) {
                    programs.runAs().own(temporary);
                }
                original.accept(dataDirectory);
            } else if (!Files.exists(dataDirectory.resolve("PG_VERSION"))) {
                Folders.create(dataDirectory);
                programs.runAs().own(temporary == null ? dataDirectory : temporary);
                ChildProcess.run(programs.initdb(dataDirectory, USER), log, INITDB_TIMEOUT);
            }
        }

        @Override
        public ProcessBuilder command() {
            return programs.server(dataDirectory, port, settings);
        }

        @Override
        public boolean answers() {
            try (Connection connection = dataSource().getConnection()) {
                return connection.isValid(0);
            } catch (SQLException notYet) {
                return false;
            }
        }

        @Override
        public void stop(ChildProcess running) {
            ChildProcess.run(programs.fastStop(dataDirectory), log, STOP_TIMEOUT);
            running.waitFor(STOP_TIMEOUT);
        }

        @Override
        public boolean cameTooSoon(String said) {
            return STILL_GOING_AWAY.stream().anyMatch(said::contains);
        }
    }

    /** Settings of a server to start. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "wal_level", "logical",
                "max_replication_slots", "20",
                "max_wal_senders", "20",
                "max_connections", "200"));
        private int port;
        private int majorVersion = defaultMajorVersion();
        private @Nullable Path dataDirectory;
        private @Nullable Consumer<Path> original;

        private Builder() {}

        /** A setting as in postgresql.conf; replaces a default. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Default: a free port. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /**
         * Where the data are kept, also after {@link PostgresServer#close}; a folder with data in it is used as it is.
         * Default: a temporary folder. Where root has no user namespaces, as in most containers, the server runs as
         * "nobody", who must be able to enter the folders above this one.
         */
        public Builder dataDirectory(Path dataDirectory) {
            this.dataDirectory = dataDirectory;
            return this;
        }

        /** Start with what {@link PostgresServer#copyData} copied instead of an empty server. */
        public Builder copyOf(Path copied) {
            this.original = target -> Folders.copy(copied, target, NOT_IN_A_COPY);
            return this;
        }

        /**
         * Start with a copy of the data of a server that is down, in a fraction of the time that it takes to make them. Both
         * have one system identifier then. The start fails when the original runs.
         */
        public Builder copyOf(PostgresServer original) {
            this.original = original::copyData;
            return this;
        }

        /** 14 to 18. Default: {@code AFTERCOMMIT_POSTGRES_VERSION}, or 18; see {@link PostgresServer}. */
        public Builder majorVersion(int majorVersion) {
            this.majorVersion = majorVersion;
            return this;
        }

        /** Starts the server; returns when it answers. */
        public PostgresServer start() {
            PostgresServer server = new PostgresServer(this);
            server.process.firstStart();
            return server;
        }
    }
}
