package dev.aftercommit.relay.harness;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The PostgreSQL of the service accounts, with a database for it and the logins of relay and service. It is made and
 * migrated once for each version; a world starts with a copy, which takes a fraction of that. Copies are of one cluster:
 * they have one system identifier, and one history.
 */
public final class AccountsPostgres {
    public static final String DATABASE = "accounts";
    static final String RELAY = "relay";
    static final String SERVICE = "account_service";

    /** They are down, and deleted when this JVM exits. */
    private static final Map<Integer, PostgresServer> ORIGINALS = new ConcurrentHashMap<>();

    private AccountsPostgres() {}

    /** One with a copy of the migrated database. */
    public static PostgresServer.Builder migrated() {
        return migrated(PostgresServer.defaultMajorVersion());
    }

    public static PostgresServer.Builder migrated(int majorVersion) {
        return builder(majorVersion).copyOf(ORIGINALS.computeIfAbsent(majorVersion, AccountsPostgres::original));
    }

    private static PostgresServer original(int majorVersion) {
        PostgresServer original = anotherCluster(majorVersion);
        original.stop();
        return original;
    }

    /** Starts one that is no copy, as migrated as the copies are. */
    public static PostgresServer anotherCluster(int majorVersion) {
        PostgresServer server = withoutOutbox(majorVersion);
        Migrations.outbox(server.dataSource(DATABASE)).migrate();
        Sql.execute(server.dataSource(), "GRANT outbox_relay TO " + RELAY + "; GRANT outbox_writer TO " + SERVICE);
        return server;
    }

    /** Starts one that nobody has migrated. */
    public static PostgresServer withoutOutbox(int majorVersion) {
        PostgresServer server = builder(majorVersion).start();
        server.createDatabase(DATABASE);
        Sql.execute(
                server.dataSource(),
                "CREATE ROLE " + RELAY + " LOGIN REPLICATION PASSWORD '" + RELAY + "';" + "CREATE ROLE " + SERVICE
                        + " LOGIN PASSWORD '" + SERVICE + "'");
        return server;
    }

    /** Processes die in these tests, no machine does: what a killed server has written is safe without fsync. */
    public static PostgresServer.Builder builder(int majorVersion) {
        return PostgresServer.builder().majorVersion(majorVersion).setting("fsync", "off");
    }
}
