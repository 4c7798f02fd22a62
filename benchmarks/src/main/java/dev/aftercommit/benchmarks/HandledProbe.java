package dev.aftercommit.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.consumer.Handles;
import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.localservers.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Handled: the return of the commit of the transaction in which the handler wrote one row and the consumer its
 * checkpoint. The consumer's database is a PostgreSQL server of its own, as another service's would be.
 */
final class HandledProbe extends Probe {
    private static final int CONNECTIONS = 20;

    private final PostgresServer postgres;
    private final HikariDataSource pool;
    private final CommitWatch commits = new CommitWatch((event, at) -> seen(event.run(), event.number(), at));
    private final OutboxConsumer consumer;

    HandledProbe(Servers servers) throws SQLException {
        postgres = PostgresServer.start();
        HikariConfig config = new HikariConfig();
        config.setDataSource(postgres.dataSource());
        config.setMaximumPoolSize(CONNECTIONS);
        pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE account (id text PRIMARY KEY, run int, number int) WITH (fillfactor = 50)");
        }
        consumer = OutboxConsumer.builder()
                .name("bench")
                .source(Servers.SOURCE)
                .dataSource(commits.watching(pool))
                .nats(servers.nats().url())
                .handlers(this)
                .build();
        consumer.start();
    }

    @Handles(LoadEvent.class)
    void on(LoadEvent event, Connection tx) throws SQLException {
        try (PreparedStatement write = tx.prepareStatement("INSERT INTO account VALUES (?, ?, ?) "
                + "ON CONFLICT (id) DO UPDATE SET run = EXCLUDED.run, number = EXCLUDED.number")) {
            write.setString(1, event.account());
            write.setInt(2, event.run());
            write.setInt(3, event.number());
            write.executeUpdate();
        }
        commits.handled(event);
    }

    @Override
    String name() {
        return "handled";
    }

    @Override
    public void close() {
        consumer.close();
        pool.close();
        postgres.close();
    }
}
