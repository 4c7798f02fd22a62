package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;

/** The relay's replication slot, seen by an operator. */
public final class ReplicationSlot {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String FROM = " FROM pg_replication_slots WHERE slot_name = 'outbox'";

    private final DataSource database;

    ReplicationSlot(DataSource database) {
        this.database = database;
    }

    public boolean exists() {
        return !query("SELECT 1").isEmpty();
    }

    /** Whether everything before this LSN is confirmed. */
    public boolean hasPassed(String lsn) {
        return query("SELECT confirmed_flush_lsn >= '" + lsn + "'::pg_lsn").contains("t");
    }

    /** What is confirmed; empty when there is no slot. */
    public String confirmed() {
        return String.join("", query("SELECT confirmed_flush_lsn"));
    }

    /** Ends the connection that reads from it, if any. */
    public void terminateReader() {
        query("SELECT pg_terminate_backend(active_pid)");
    }

    /** Waits until nobody reads from it; ends who does after a while. */
    public void awaitIdle() throws InterruptedException {
        if (!Waiting.until(PATIENCE, () -> query("SELECT active").stream().noneMatch("t"::equals))) {
            terminateReader();
            Waiting.until(PATIENCE, () -> query("SELECT active").stream().noneMatch("t"::equals));
        }
    }

    /** Moves it to the end of the WAL, past what nobody has read. */
    public void advance() {
        Sql.query(database, "SELECT pg_replication_slot_advance('outbox', pg_current_wal_lsn())");
    }

    public void drop() {
        query("SELECT pg_drop_replication_slot(slot_name)");
    }

    /** Makes a new one that begins now. */
    public void create() {
        Sql.query(database, "SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
    }

    /**
     * Has standbys keep a copy of it, from PostgreSQL 17 on. Only the replication protocol has a command for it.
     *
     * @param server the database's
     */
    void becomeFailoverSlot(PostgresServer server) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", server.user());
        login.setProperty("password", server.password());
        login.setProperty("replication", "database");
        login.setProperty("preferQueryMode", "simple");
        login.setProperty("assumeMinServerVersion", "10"); // or the driver does not ask for the protocol
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(DatabaseTemplate.OUTBOX), login);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER_REPLICATION_SLOT outbox (FAILOVER true)");
        }
    }

    private List<String> query(String select) {
        return Sql.query(database, select + FROM);
    }
}
