package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.DatabaseSchema;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

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

    /** The table. */
    static final class Table implements DatabaseSchema {
        @Override
        public void create(DataSource database) {
            Sql.execute(database, CREATE);
        }
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
        Sql.execute(pool, sql);
    }

    int count() {
        return Integer.parseInt(query("SELECT count(*) FROM effect").getFirst());
    }

    long transactions() {
        return Long.parseLong(query("SELECT count(DISTINCT xid) FROM effect").getFirst());
    }

    List<Integer> numbersOf(String account) {
        return query("SELECT number FROM effect WHERE account = '" + account + "' ORDER BY id").stream()
                .map(Integer::valueOf)
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
        query("SELECT number, account FROM effect ORDER BY id").forEach(row -> {
            int end = row.indexOf('|');
            int number = Integer.parseInt(row, 0, end, 10);
            String account = row.substring(end + 1);
            assertThat(number)
                    .as("after number %s of account %s", last.getOrDefault(account, 0), account)
                    .isEqualTo(last.getOrDefault(account, 0) + 1);
            last.put(account, number);
        });
        assertThat(count()).isEqualTo(expected);
    }

    /** Each row as its columns, joined by '|'. */
    List<String> query(String sql) {
        return Sql.query(pool, sql);
    }

    @Override
    public void close() {
        pool.close();
    }
}
