package dev.aftercommit.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

/** What processes that handle events have in common: where they connect to, and the row that they write for each. */
final class ConsumingProcess {
    static final String INSERT = "INSERT INTO effect (event_id, account, number) VALUES (?, ?, ?)";
    static final String TABLES = """
            CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid, account text,
                                 number int, at timestamptz DEFAULT clock_timestamp());
            CREATE TABLE handled (event_id uuid PRIMARY KEY);
            """;

    private ConsumingProcess() {}

    static HikariDataSource pool(int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(environment("JDBC_URL"));
        config.setUsername(environment("DATABASE_USER"));
        config.setPassword(environment("DATABASE_PASSWORD"));
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    static String environment(String name) {
        @Nullable String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
