package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.localservers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The consumer's database in a test, with a table of what handlers did. It has no unique constraint, so an effect that
 * happened twice is there twice.
 */
final class Effects implements AutoCloseable {
    static final String INSERT = "INSERT INTO effect (event_id, account, number) VALUES (?, ?, ?)";

    private static final String CREATE = "CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " event_id uuid, account text, number int, xid xid8 DEFAULT pg_current_xact_id())";

    private final HikariDataSource pool;

    Effects(String jdbcUrl) {
        this.pool = pool(jdbcUrl, 20);
    }

    static Effects create(PostgresServer postgres, String database) {
        postgres.createDatabase(database);
        Effects effects = new Effects(postgres.jdbcUrl(database));
        effects.execute(CREATE);
        return effects;
    }

    static HikariDataSource pool(String jdbcUrl, int size) {
        return pool(jdbcUrl, size, 1);
    }

    static HikariDataSource pool(String jdbcUrl, int size, long initializationFailTimeout) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername("postgres");
        config.setPassword("postgres");
        config.setMaximumPoolSize(size);
        config.setInitializationFailTimeout(initializationFailTimeout);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(2_000);
        config.setValidationTimeout(1_000);
        return new HikariDataSource(config);
    }

    HikariDataSource dataSource() {
        return pool;
    }

    void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    int count() {
        return ((Number) query("SELECT count(*) FROM effect").getFirst().getFirst()).intValue();
    }

    long transactions() {
        return (Long) query("SELECT count(DISTINCT xid) FROM effect").getFirst().getFirst();
    }

    List<Integer> numbersOf(String account) {
        return query("SELECT number FROM effect WHERE account = '" + account + "' ORDER BY id").stream()
                .map(row -> (Integer) row.getFirst())
                .toList();
    }

    void awaitCount(int expected) {
        awaitCount(expected, Duration.ofSeconds(60));
    }

    void awaitCount(int expected, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(count()).isGreaterThanOrEqualTo(expected));
    }

    /** Exactly that many events, none twice, and each account's numbers 1, 2, 3... in the order of their effects. */
    void assertEachOnceInOrder(int expected) {
        Map<String, Integer> last = new HashMap<>();
        query("SELECT account, number FROM effect ORDER BY id").forEach(row -> {
            String account = (String) row.getFirst();
            int number = (Integer) row.getLast();
            assertThat(number)
                    .as("after number %s of account %s", last.getOrDefault(account, 0), account)
                    .isEqualTo(last.getOrDefault(account, 0) + 1);
            last.put(account, number);
        });
        assertThat(count()).isEqualTo(expected);
    }

    /** The rows of a query. */
    List<List<Object>> query(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
